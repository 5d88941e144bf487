# The official Node client of the OVH API, installed by npm below build/ as the lock file beside
# tests/tools/ovh-node/calls.js pins it.
package OvhNode;

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use JSON::PP ();

my $source = abs_path(dirname(__FILE__) . '/../..');
my $home = "$source/tests/tools/ovh-node";
my $place = "$source/build/ovh-node";

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return <$file> // '';
}

# Runs a program with standard input and output of these files; gives its exit status.
sub run {
    my ($in, $out, @command) = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDIN, '<', $in;
        open STDOUT, '>', $out;
        open STDERR, '>', "$out.err";
        exec {$command[0]} @command or exit 127;
    }
    waitpid $pid, 0;
    return $? >> 8 || $?;
}

# Installs it where it is not; gives why it can't be had, or nothing.
sub missing {
    return if slurp("$place/done") eq slurp("$home/package-lock.json");
    remove_tree($place);
    make_path($place);
    copy("$home/$_", $place) or die "$_: $!\n" for qw(package.json package-lock.json);
    my $status = run('/dev/null', "$place/log",
        qw(timeout 300 npm ci --ignore-scripts --no-audit --no-fund --prefix), $place);
    return 'npm is not installed' if $status == 127;
    return "npm could not install the client: see $place/log.err" if $status;
    copy("$home/package-lock.json", "$place/done") or die "$place/done: $!\n";
    return;
}

# Makes calls, hashes as calls.js takes them, to the port; gives the answers. ca: file of the
# authority to trust; dir: for files of the call.
sub calls {
    my ($dir, $port, $ca, @calls) = @_;
    open my $file, '>:raw', "$dir/calls.json" or die "$dir/calls.json: $!\n";
    print $file JSON::PP->new->utf8->encode(\@calls);
    close $file or die "$dir/calls.json: $!\n";
    local $ENV{NODE_EXTRA_CA_CERTS} = $ca;
    my $status = run("$dir/calls.json", "$dir/answers.json", qw(timeout 120 node), "$home/calls.js", $place, $port);
    die "node: exit $status: ", slurp("$dir/answers.json.err"), "\n" if $status;
    return @{ JSON::PP->new->utf8->decode(slurp("$dir/answers.json")) };
}

1;
