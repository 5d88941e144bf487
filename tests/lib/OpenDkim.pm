# opendkim as a milter of the test's own: signing or verifying, on a Unix socket, asking the name
# server that it is given and nobody else.
package OpenDkim;

use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use MilterClient;
use POSIX ();

# Options: keys (hash: selector => private key's file; its address is SELECTOR@domain, or any of
# domain where there is one key), domain, canonicalisation, algorithm; without keys it verifies.
# dns: address and port of a name server, as NameServer's address gives it. socket: its path.
sub new {
    my ($class, %option) = @_;
    my $self = bless {dir => tempdir('outvet-opendkim-XXXXXXXX', TMPDIR => 1, CLEANUP => 1), owner => $$}, $class;
    chmod 0755, $self->{dir};
    $self->{socket} = $option{socket} // "$self->{dir}/milter";
    $self->put('conf', join '', map {"$_\n"} 'Syslog no', 'LogResults no', "Socket local:$self->{socket}",
        'UMask 000', 'Background no', "PidFile $self->{dir}/opendkim.pid",
        $option{keys} ? $self->signing(%option) : $self->verifying(%option));
    $self->start;
    return $self;
}

sub signing {
    my ($self, %option) = @_;
    my %keys = %{ $option{keys} };
    $self->put('keys', join '', map {"$_ $option{domain}:$_:$keys{$_}\n"} sort keys %keys);
    $self->put('addresses', join '', map { (keys %keys == 1 ? '*' : $_) . "\@$option{domain} $_\n" } sort keys %keys);
    return ('Mode s', "KeyTable file:$self->{dir}/keys", "SigningTable refile:$self->{dir}/addresses",
        'InternalHosts 0.0.0.0/0', 'RequireSafeKeys no', 'OversignHeaders From', 'SignHeaders *,+X-Twice',
        'Canonicalization ' . ($option{canonicalisation} // 'relaxed/relaxed'),
        'SignatureAlgorithm ' . ($option{algorithm} // 'rsa-sha256'));
}

sub verifying {
    my ($self, %option) = @_;
    $self->put('unbound.conf',
        "server:\n do-not-query-localhost: no\nforward-zone:\n name: \".\"\n forward-addr: $option{dns}\n");
    return ('Mode v', "ResolverConfiguration $self->{dir}/unbound.conf", 'AlwaysAddARHeader yes',
        'AuthservID verifier', 'On-Default accept', 'InternalHosts 203.0.113.1');
}

sub put {
    my ($self, $name, $text) = @_;
    open my $file, '>', "$self->{dir}/$name" or die "$self->{dir}/$name: $!\n";
    print $file $text;
    close $file or die "$self->{dir}/$name: $!\n";
    return;
}

sub start {
    my ($self) = @_;
    $self->{pid} = fork // die "fork: $!\n";
    if (!$self->{pid}) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/log";
        open STDERR, '>&', \*STDOUT;
        exec '/usr/sbin/opendkim', '-f', '-x', "$self->{dir}/conf" or POSIX::_exit(127);
    }
    for (1 .. 1200) {
        return if IO::Socket::UNIX->new(Peer => $self->{socket});
        last if waitpid($self->{pid}, POSIX::WNOHANG) > 0;
        select undef, undef, undef, 0.025;
    }
    open my $log, '<', "$self->{dir}/log";
    die "opendkim does not serve\n", <$log>;
}

# What it does to a message (text with LF), as [command, data] of the milter protocol; none where it
# was done with it after the header.
sub actions {
    my ($self, $text) = @_;
    $self->{client} //= MilterClient->new(path => $self->{socket});
    $self->{client}->envelope;
    $self->{client}->message($text) or return;
    return $self->{client}->finish;
}

# The message with its signature on top.
sub sign {
    my ($self, $text) = @_;
    for my $action ($self->actions($text)) {
        my ($command, $data) = @$action;
        my ($name, $value) = $command eq 'i' ? unpack 'x4Z*Z*', $data : $command eq 'h' ? unpack 'Z*Z*', $data : next;
        return "$name:$value\n$text" if $name eq 'DKIM-Signature';
    }
    die "opendkim did not sign\n";
}

# Its Authentication-Results for a message, after the authserv-id.
sub verify {
    my ($self, $text) = @_;
    my @actions = $self->actions($text) or return 'dkim=permerror (done with it after the header)';
    for my $action (@actions) {
        my ($command, $data) = @$action;
        my ($name, $value) = $command eq 'i' ? unpack 'x4Z*Z*', $data : next;
        return $value =~ s/^\s*verifier;\s*//r if $name eq 'Authentication-Results';
    }
    die "opendkim did not verify\n";
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    $self->{client}->quit if $self->{client};
    kill 'KILL', $pid; # on SIGTERM libmilter takes seconds, and there is nothing to keep
    waitpid $pid, 0;
    return;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!, $@);
    $self->stop;
    return;
}

1;
