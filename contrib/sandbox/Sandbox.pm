# A sandbox: a private Postfix, an outside world that takes every message (smtp-sink), and outvetd,
# all on loopback and under one temporary directory. `make demo` and the integration tests stand on
# it. It starts nothing system-wide and ends what it started by process id. Needs root, as Postfix's
# master does.
package Sandbox;

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP qw(decode_json);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep stat time);

our $source = abs_path(dirname(__FILE__) . '/../..');
our $build = $ENV{OUTVET_BUILD} || "$source/build";

# Options: settings (text added to outvet.conf), main_cf (hash of main.cf settings more), milter
# (socket path or Postfix's inet:...; default the sandbox's own outvetd), no_outvetd, keep,
# user (who outvetd runs as), node (its name), sends (outvetd hands mail to the private Postfix; needs
# a name space).
sub new {
    my ($class, %option) = @_;
    my $self = bless {%option, owner => $$}, $class;
    $self->{user} //= 'nobody';
    $self->{dir} = tempdir('outvet-XXXXXXXX', TMPDIR => 1);
    chmod 0755, $self->{dir};
    $self->{smtp_port} = free_port();
    $self->{submission_port} = free_port();
    $self->{sink_port} = free_port();
    $self->{domain} = 'sandbox.example';
    $self->{milter_socket} = "$self->{dir}/run/milter.sock";
    make_path("$self->{dir}/$_") for qw(run etc spool data sink state log queue rules/phrases rules.d);
    # outvetd's user may not be able to look into the checkout (below /root, say).
    copy($_, "$self->{dir}/rules") or die "$_: $!\n" for glob "$source/rules/*.conf";
    copy($_, "$self->{dir}/rules/phrases") or die "$_: $!\n" for glob "$source/rules/phrases/*";
    my ($uid, $gid) = (getpwnam $self->{user})[2, 3];
    my ($postfix_uid, $postfix_gid) = (getpwnam 'postfix')[2, 3];
    chown $uid, $postfix_gid, "$self->{dir}/run";
    chmod 0755, "$self->{dir}/run";
    chown $uid, $gid, "$self->{dir}/state";
    chown $postfix_uid, 0, "$self->{dir}/sink", "$self->{dir}/data";
    $self->write_settings;
    $self->write_postfix;
    return $self;
}

# A port of loopback that nobody listens on, and that no other sandbox takes while this process lives: each
# holds its ports by abstract sockets. Below those that the kernel gives to clients, which else take one
# before its server does.
my %held;
sub free_port {
    for (1 .. 1000) {
        my $port = 20_000 + int rand 12_000;
        next if $held{$port};
        my $hold = IO::Socket::UNIX->new(Local => "\0outvet-port-$port", Listen => 1) or next;
        IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $port) or next;
        $held{$port} = $hold;
        return $port;
    }
    die "no free port: $!\n";
}

sub spew {
    my ($path, $text, $mode) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
    chmod $mode // 0644, $path;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return scalar <$file> // '';
}

sub write_settings {
    my ($self, $more) = @_;
    $self->{settings} = $more if defined $more;
    my $dir = $self->{dir};
    spew("$dir/outvet.conf", <<"END" . ($self->{settings} // ''));
[node]
name = @{[ $self->{node} // 'sandbox' ]}

[milter]
socket = unix:$self->{milter_socket}
socket_group = postfix

[rules]
directories = $dir/rules $dir/rules.d

[ledger]
path = $dir/state/ledger.sqlite
key = $dir/state/recipients.key

[control]
socket = $dir/run/control.sock

[log]
target = stderr

[dns]
enabled = @{[ $self->{dns} ? "yes\nservers = $self->{dns}" : 'no' ]}

[mta]
postfix_config_directory = $dir/etc
queue_socket = $dir/queue/queue.sock
queue_group = @{[ scalar getgrgid((getpwnam $self->{user})[3]) ]}

END
}

sub write_postfix {
    my ($self) = @_;
    my $dir = $self->{dir};
    my $milter = $self->{milter} // "unix:$self->{milter_socket}";
    my %setting = (
        compatibility_level => '3.6',
        queue_directory => "$dir/spool",
        data_directory => "$dir/data",
        maillog_file => "$dir/log/mail.log",
        maillog_file_prefixes => $dir,
        myhostname => "mx.$self->{domain}",
        mydomain => $self->{domain},
        mydestination => '',
        inet_interfaces => '127.0.0.1',
        inet_protocols => 'ipv4',
        mynetworks => '127.0.0.0/8',
        alternate_config_directories => "$dir/etc",
        relayhost => "[127.0.0.1]:$self->{sink_port}",
        smtp_dns_support_level => 'disabled',
        smtp_tls_security_level => 'none',
        smtpd_tls_security_level => 'none',
        smtpd_peername_lookup => 'no',
        alias_maps => '',
        alias_database => '',
        local_recipient_maps => '',
        smtpd_relay_restrictions => 'permit_mynetworks, permit_sasl_authenticated, reject',
        smtpd_recipient_limit => 10000,
        default_process_limit => 100,
        smtpd_client_connection_count_limit => 0,
        smtpd_client_connection_rate_limit => 0,
        enable_long_queue_ids => 'yes',
        message_size_limit => 0,
        mailbox_size_limit => 0,
        queue_run_delay => '5s',
        minimal_backoff_time => '5s',
        maximal_backoff_time => '10s',
        smtpd_sasl_path => 'smtpd',
        cyrus_sasl_config_path => "$dir/etc/sasl",
        smtpd_milters => $milter,
        non_smtpd_milters => $milter,
        milter_default_action => 'tempfail',
        import_environment => 'MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C',
        %{ $self->{main_cf} // {} },
    );
    spew("$dir/etc/main.cf", join '', map {"$_ = $setting{$_}\n"} sort keys %setting);
    spew("$dir/etc/master.cf", <<"END");
127.0.0.1:$self->{smtp_port} inet n - n - - smtpd
127.0.0.1:$self->{submission_port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o mynetworks=
  -o milter_macro_daemon_name=ORIGINATING
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
    make_path("$dir/etc/sasl");
    spew("$dir/etc/sasl/smtpd.conf", <<"END");
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $dir/etc/sasl/sasldb2
mech_list: PLAIN LOGIN
END
}

# Gives a login to the submission service.
sub add_login {
    my ($self, $login, $password) = @_;
    my $file = "$self->{dir}/etc/sasl/sasldb2";
    open my $pipe, '|-', 'saslpasswd2', '-p', '-c', '-f', $file, '-u', "mx.$self->{domain}", $login
        or die "saslpasswd2: $!\n";
    print $pipe $password;
    close $pipe or die "saslpasswd2 failed\n";
    chmod 0640, $file;
    chown 0, (getgrnam 'postfix')[2], $file;
}

# Runs a command, gives (exit status, standard output, standard error). input: text for its stdin.
sub run {
    my ($self, $command, %option) = @_;
    my ($out, $err) = map {"$self->{dir}/$_.$$"} qw(stdout stderr);
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        if (defined $option{input}) {
            spew("$self->{dir}/stdin.$$", $option{input});
            open STDIN, '<', "$self->{dir}/stdin.$$";
        }
        else {
            open STDIN, '<', $option{stdin} // '/dev/null' or die "$option{stdin}: $!\n";
        }
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        exec { $command->[0] } @$command or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    my @result = ($status, slurp($out), slurp($err));
    unlink $out, $err, "$self->{dir}/stdin.$pid";
    return @result;
}

sub spawn {
    my ($self, $name, @command) = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        setpgrp 0, 0;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/log/$name.log";
        open STDERR, '>&', \*STDOUT;
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    $self->{pid}{$name} = $pid;
    return $pid;
}

sub wait_until {
    my ($self, $what, $seconds, $test) = @_;
    my $end = time + $seconds;
    while (time < $end) {
        my $result = $test->();
        return $result if $result;
        sleep 0.05;
    }
    die "waited $seconds s in vain: $what\n" . $self->logs;
}

sub logs {
    my ($self) = @_;
    my $text = '';
    for my $name (grep { -e "$self->{dir}/log/$_.log" } qw(outvetd outvet-queue sink mail)) {
        my @lines = split /^/, slurp("$self->{dir}/log/$name.log");
        splice @lines, 0, @lines - 15 if @lines > 15;
        $text .= "--- $name\n" . join('', @lines);
    }
    return $text;
}

sub listening {
    my ($port) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1);
}

sub start_outvetd {
    my ($self) = @_;
    my @inside = $self->{sends} ? $self->own_postfix : ();
    $self->spawn('outvetd', @inside, "$build/outvetd", '--config', "$self->{dir}/outvet.conf",
        '--foreground', '--user', $self->{user});
    $self->wait_until('outvetd to take connections', 30, sub {
        die "outvetd ended\n" . $self->logs if waitpid($self->{pid}{outvetd}, WNOHANG) > 0;
        # The control socket comes last; one of an outvetd that was killed refuses.
        return -S $self->{milter_socket} && IO::Socket::UNIX->new(Peer => "$self->{dir}/run/control.sock");
    });
}

# outvet-queue, which lets outvetd work on the queue of the private Postfix.
sub start_agent {
    my ($self) = @_;
    $self->spawn('outvet-queue', "$build/outvet-queue", '--config', "$self->{dir}/outvet.conf", '--foreground');
    $self->wait_until('outvet-queue to take connections', 30,
        sub { IO::Socket::UNIX->new(Peer => "$self->{dir}/queue/queue.sock") });
}

sub stop_outvetd {
    my ($self, $signal) = @_;
    return $self->end('outvetd', $signal // 'TERM');
}

# Ends one of our processes by its id; its wait status.
sub end {
    my ($self, $name, $signal) = @_;
    my $pid = delete $self->{pid}{$name} or return;
    kill $signal // 'TERM', $pid;
    for (1 .. 600) {
        return $? if waitpid($pid, WNOHANG) == $pid;
        sleep 0.05;
    }
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return $?;
}

sub start_sink {
    my ($self) = @_;
    $self->spawn('sink', '/usr/sbin/smtp-sink', '-u', 'postfix', '-R', $self->{dir},
        '-d', 'sink/%s.', "127.0.0.1:$self->{sink_port}", '200');
    $self->wait_until('smtp-sink', 60, sub { listening($self->{sink_port}) });
}

sub start_postfix {
    my ($self) = @_;
    my ($status, $out, $err) = $self->run(['/usr/sbin/postfix', '-c', "$self->{dir}/etc", 'start']);
    die "Postfix did not start: $out$err\n" . $self->logs if $status;
    $self->{postfix} = 1;
    $self->wait_until('Postfix', 60, sub { listening($self->{smtp_port}) });
}

sub stop_postfix {
    my ($self) = @_;
    delete $self->{postfix} or return;
    $self->run(['/usr/sbin/postfix', '-c', "$self->{dir}/etc", 'stop']);
    my $pid_file = "$self->{dir}/spool/pid/master.pid";
    my ($pid) = slurp($pid_file) =~ /(\d+)/;
    if ($pid) {
        for (1 .. 200) {
            last unless kill 0, $pid;
            sleep 0.05;
        }
    }
}

sub start {
    my ($self) = @_;
    $self->start_outvetd unless $self->{no_outvetd};
    $self->start_sink;
    $self->start_postfix;
    return $self;
}

sub stop {
    my ($self) = @_;
    $self->stop_postfix;
    $self->end($_) for sort keys %{ $self->{pid} // {} };
    remove_tree($self->{dir}, { safe => 0 }) unless $self->{keep};
}

sub DESTROY {
    my ($self) = @_;
    local ($@, $?);
    $self->stop if $$ == $self->{owner} && -d $self->{dir};
}

# --- sending ---

# Sends a message file (or message => text) by SMTP with swaks; gives (status, transcript).
# Options: file, message, from, to (array), login, password, port.
sub send_smtp {
    my ($self, %option) = @_;
    my $file = $option{file};
    if (!defined $file) {
        $file = "$self->{dir}/message." . ++$self->{n_messages};
        spew($file, $option{message});
    }
    my $port = $option{login} ? $self->{submission_port} : $self->{smtp_port};
    my @auth = $option{login}
        ? ('--auth', 'PLAIN', '--auth-user', "$option{login}\@mx.$self->{domain}", '--auth-password', $option{password})
        : ();
    my ($status, $out, $err) = $self->run([
        'swaks', '--server', '127.0.0.1', '--port', $port, '--helo', 'client.example',
        '--from', $option{from}, '--to', join(',', @{ $option{to} }), '--data', "\@$file",
        '--suppress-data', '--timeout', 60, @auth
    ]);
    return ($status, $out . $err);
}

# Whether a process can have a mount name space of its own here.
sub name_spaces {
    my ($self) = @_;
    return $self->{name_spaces} //= !($self->run(['unshare', '--mount', 'true']))[0];
}

# The words before a command that make the private Postfix the machine's own for it: sendmail(1)
# trusts no foreign configuration directory of a user, so it gets ours in the usual place.
sub own_postfix {
    my ($self) = @_;
    return ('unshare', '--mount', 'sh', '-ec', 'mount --bind "$1" /etc/postfix; shift; exec "$@"',
        'sh', "$self->{dir}/etc");
}

# Hands a message to sendmail(1) of the private Postfix as another user, as a PHP script or cron
# does; gives (status, output). Where the machine allows no name space, root hands the message over.
sub send_local {
    my ($self, %option) = @_;
    my $user = $option{user} // 'www-data';
    my @sender = defined $option{from} ? ('-f', $option{from}) : ();
    my @sendmail = ('/usr/sbin/sendmail', '-i', @sender);
    my @command = $self->name_spaces
        ? ($self->own_postfix,
            'setpriv', "--reuid=$user", "--regid=$user", '--clear-groups', @sendmail)
        : (@sendmail, '-C', "$self->{dir}/etc");
    my ($status, $out, $err) = $self->run([@command, '--', @{ $option{to} }],
        stdin => $option{file}, input => $option{message});
    return ($status, $out . $err);
}

# --- looking ---

sub outvet {
    my ($self, @arguments) = @_;
    my ($command, @rest) = @arguments;
    return $self->run(["$build/outvet", $command, '--config', "$self->{dir}/outvet.conf", @rest]);
}

# What is in Postfix's queue, as postqueue -j tells.
sub queue {
    my ($self) = @_;
    my (undef, $out) = $self->run(['/usr/sbin/postqueue', '-c', "$self->{dir}/etc", '-j']);
    return map { decode_json($_) } grep {/\S/} split /\n/, $out;
}

# Messages that reached the outside world, as text, in order of arrival.
sub delivered {
    my ($self) = @_;
    my @files = sort { (stat $a)[9] <=> (stat $b)[9] || $a cmp $b } glob "$self->{dir}/sink/*";
    return map { slurp($_) } @files;
}

# Waits until the active, incoming and maildrop queues are empty.
sub wait_quiet {
    my ($self, $seconds) = @_;
    $self->wait_until('the queue to become quiet', $seconds // 20, sub {
        return 0 if glob "$self->{dir}/spool/maildrop/*";
        return !grep { $_->{queue_name} ne 'hold' && $_->{queue_name} ne 'deferred' } $self->queue;
    });
}

sub mail_log { return slurp("$_[0]{dir}/log/mail.log") }
sub outvetd_log { return slurp("$_[0]{dir}/log/outvetd.log") }

# Rows of a query on the ledger, each a hash.
sub ledger {
    my ($self, $query) = @_;
    my ($status, $out, $err) = $self->run(['sqlite3', '-json', '-cmd', '.timeout 10000', "$self->{dir}/state/ledger.sqlite", $query]);
    die "sqlite3: $err\n" if $status;
    return $out =~ /\S/ ? @{ decode_json($out) } : ();
}

1;
