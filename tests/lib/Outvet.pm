# The outvet command on files of a temporary directory: settings, rules of the test's own, messages.
package Outvet;

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);

our $source = abs_path(dirname(__FILE__) . '/../..');
our $build = $ENV{OUTVET_BUILD} || "$source/build";

# What tests/data/verdicts.conf has not.
my $shadow = <<'END';

[TEST_SHADOW]
when = subject.text matches /\bshadow\b/
score = 9
group = test
scale = safety
shadow = yes
END

# Options: rules (text in place of verdicts.conf and the above), settings (text added), dns (name server to ask; none).
sub new {
    my ($class, %option) = @_;
    my $self = bless {dir => tempdir('outvet-XXXXXXXX', TMPDIR => 1, CLEANUP => 1)}, $class;
    make_path("$self->{dir}/rules");
    $self->put('rules/test.conf', $option{rules} // slurp("$source/tests/data/verdicts.conf") . $shadow);
    $self->put('outvet.conf', <<"END" . ($option{settings} // "[verdict]\nreject = 12\n"));
[rules]
directories = $self->{dir}/rules

[ledger]
path = $self->{dir}/ledger.sqlite
key = $self->{dir}/recipients.key

[control]
socket = $self->{dir}/control.sock

[dns]
enabled = @{[ $option{dns} ? "yes\nservers = $option{dns}" : 'no' ]}

END
    return $self;
}

# Writes a file; gives its path.
sub put {
    my ($self, $name, $text) = @_;
    my $path = "$self->{dir}/$name";
    make_path(dirname($path));
    open my $file, '>:raw', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
    return $path;
}

# A message with that subject; more is header lines. Options: body, crlf.
sub message {
    my ($subject, $more, %option) = @_;
    my $text = "From: Paul Miller <paul\@example.org>\nTo: Ann Weaver <ann\@example.net>\n"
        . "Subject: $subject\nDate: Mon, 23 Nov 2026 20:02:53 +0000\nMessage-ID: <1\@example.org>\n"
        . ($more // '') . "\n" . ($option{body} // "Dear Ann,\n\nuntil Thursday.\n\nPaul\n");
    $text =~ s/\n/\r\n/g if $option{crlf};
    return $text;
}

# Runs outvet with words; gives (exit status, standard output, standard error). In a last hash:
# input (text for standard input), env (hash), bare (TRUE: without --config).
sub run {
    my ($self, @words) = @_;
    my %option = ref $words[-1] ? %{ pop @words } : ();
    push @words, '--config', "$self->{dir}/outvet.conf" unless $option{bare};
    my $input = $self->put('stdin', $option{input} // '');
    my ($out, $err) = map {"$self->{dir}/$_"} qw(stdout stderr);
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDIN, '<', $input;
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        %ENV = (%ENV, %{ $option{env} // {} });
        exec {"$build/outvet"} 'outvet', @words or exit 127;
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    return ($status, slurp($out), slurp($err));
}

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return <$file> // '';
}

1;
