# A sandbox with a private Sendmail in the place of Postfix: the program that tests/tools/unpack-sendmail
# unpacked, on loopback, as root, in a mount name space of its own, where it finds the machine's name and
# a syslog. Its queue directories, its log and its configuration are the sandbox's.
package Sendmail;

use strict;
use warnings;
use parent -norequire, 'Sandbox';
use File::Path qw(make_path);

my $unpacked = "$Sandbox::source/build/sendmail";

# Why there can't be one here; undef where there can.
sub missing {
    return 'a private Sendmail needs root' if $> != 0;
    return 'Sendmail is not unpacked: make test-deps' if !-x "$unpacked/sendmail";
    my $probe = bless {dir => File::Temp::tempdir(CLEANUP => 1), owner => -1}, 'Sandbox';
    return 'the machine allows no mount name space' if !$probe->name_spaces;
    my ($absent) = (($probe->run(['ldd', "$unpacked/sendmail"]))[1]) =~ /^\s*(\S+) => not found/m;
    return "Sendmail lacks $absent" if $absent;
    return 'there is no m4' if ($probe->run(['m4', '/dev/null']))[0];
    return undef;
}

# settings: text added to outvet.conf.
sub new {
    my ($class, %option) = @_;
    my $self = Sandbox::new($class, %option);
    my $dir = $self->{dir};
    # [mta] is the last section of the sandbox's own.
    $self->write_settings(<<"END" . ($option{settings} // ''));
kind = sendmail
command_directory = $dir/bin
sendmail_config_file = $dir/etc/sendmail.cf
[delivery]
log = $dir/log/mail.log
END
    make_path("$dir/bin", "$dir/dev", map {"$dir/queue.sendmail/$_"} qw(q1 q2/qf q2/df q2/xf));
    chmod 0700, "$dir/queue.sendmail", glob "$dir/queue.sendmail/q*";
    Sandbox::spew("$dir/etc/hosts", "127.0.0.1 mx.sandbox.example " . (POSIX::uname())[1] . " localhost\n");
    Sandbox::spew("$dir/etc/service.switch", "hosts files\naliases files\n");
    Sandbox::spew("$dir/bin/sendmail", <<"END", 0755);
#!/bin/sh
exec unshare --mount sh -ec '
mount -t tmpfs tmpfs "$dir/dev"
for device in null zero random urandom; do
    : >"$dir/dev/\$device"
    mount --bind "/dev/\$device" "$dir/dev/\$device"
done
ln -s "$dir/run.sendmail/log" "$dir/dev/log"
mount --bind "$dir/dev" /dev
mount --bind "$dir/etc/hosts" /etc/hosts
# Sendmail takes no milter'"'"'s socket below a directory that everybody may write.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/outvet
mount --bind "$dir/run" /run/outvet
exec "\$@"' sh "$unpacked/sendmail" "\$@"
END
    $self->write_configuration;
    return $self;
}

# By the m4 files of Sendmail, with the lines that contrib/sendmail/ offers to administrators.
sub write_configuration {
    my ($self) = @_;
    my $dir = $self->{dir};
    Sandbox::spew("$dir/etc/mailers.m4", "MAILER(`smtp')dnl\n");
    my ($status, $out, $err) = $self->run(['m4', "-D_CF_DIR_=$unpacked/cf/", "-DTEST_DIR=$dir",
        "-DTEST_PORT=$self->{smtp_port}", "-DTEST_RELAY_PORT=$self->{sink_port}", "$unpacked/cf/m4/cf.m4",
        "$Sandbox::source/tests/data/sendmail.mc", "$Sandbox::source/contrib/sendmail/outvet.m4", "$dir/etc/mailers.m4"]);
    die "m4: $err\n" if $status;
    Sandbox::spew("$dir/etc/sendmail.cf", $out);
}

# Runs Sendmail for one of its other duties; as Sandbox's run.
sub sendmail {
    my ($self, @words) = @_;
    return $self->run(["$self->{dir}/bin/sendmail", "-C$self->{dir}/etc/sendmail.cf", @words]);
}

sub start {
    my ($self) = @_;
    my $dir = $self->{dir};
    make_path("$dir/run.sendmail");
    Sandbox::spew("$dir/log/mail.log", '');
    $self->spawn('syslog', "$Sandbox::source/tests/tools/syslog", "$dir/run.sendmail/log", "$dir/log/mail.log");
    $self->wait_until('the log', 10, sub { -S "$dir/run.sendmail/log" });
    $self->start_outvetd;
    $self->spawn('sendmail', "$dir/bin/sendmail", "-C$dir/etc/sendmail.cf", '-bD');
    $self->wait_until('Sendmail', 60, sub { Sandbox::listening($self->{smtp_port}) });
    return $self;
}

# Begins to try all that waits; each queue directory has a process of its own for it.
sub run_queue { return $_[0]->sendmail('-q') }

# What its own mailq shows: queue ids, sorted, of those that wait, that are quarantined, and that are
# tried at this moment.
sub waiting { return ids($_[0]->sendmail('-bp')) }
sub quarantined { return ids($_[0]->sendmail('-bp', '-qQ')) }
sub being_tried { return (($_[0]->sendmail('-bp'))[1]) =~ /^(\w{14,})\*/mg }

sub ids {
    my (undef, $out) = @_;
    my @ids = sort $out =~ /^(\w{14,})\*?[ X-]/mg;
    return @ids;
}

1;
