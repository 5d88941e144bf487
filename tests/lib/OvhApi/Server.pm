# HTTP/1.1 for the stand-in of the OVH API: connections, keep-alive, requests in, answers out. One
# process, no threads: what an answer changes is changed before the next request is looked at.
package OvhApi::Server;

use v5.32;
use warnings;
use Errno qw(EAGAIN EINTR);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::SSL qw(SSL_WANT_READ SSL_WANT_WRITE $SSL_ERROR);
use Socket qw(IPPROTO_TCP SOL_SOCKET SO_LINGER TCP_NODELAY);
use Time::HiRes qw(time);

my $head_limit = 64 << 10;
my $body_limit = 4 << 20;
my %reasons = (
    200 => 'OK', 204 => 'No Content', 302 => 'Found', 400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden',
    404 => 'Not Found', 408 => 'Request Time-out', 409 => 'Conflict', 429 => 'Too Many Requests',
    460 => 'Expired', 500 => 'Internal Server Error', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
);

sub reason { return $reasons{ $_[0] } // 'Unknown' }

# answer: sub (request) that gives the answer, a hash:
#   status, headers ([name, value] each), body (octets, or [octets, times]), chunked
#   wait    seconds before it is sent
#   end     how the connection fares: keep (default), close; cut: half of the body, then close;
#           drop: close without an answer; reset: the same by RST; silent: nothing, ever
# A request is a hash: scheme, method, target (as sent), header (hash, names in lower case), names
# (as sent), body, peer.
sub new {
    my ($class, $answer) = @_;
    return bless {answer => $answer, readers => IO::Select->new, writers => IO::Select->new,
        listeners => {}, connections => {}, timers => []}, $class;
}

# Listens on loopback; certificate and key files make it TLS. Gives the port.
sub listen {
    my ($self, $port, $certificate, $key) = @_;
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1)
        or die "ovh-api: port $port: $!\n";
    my $context;
    if ($certificate) {
        $context = IO::Socket::SSL::SSL_Context->new(
            SSL_server => 1, SSL_cert_file => $certificate, SSL_key_file => $key)
            or die "ovh-api: $certificate: $SSL_ERROR\n";
    }
    $self->{listeners}{ fileno $socket } = {socket => $socket, context => $context};
    $self->{readers}->add($socket);
    return $socket->sockport;
}

# Has run end when the handle does.
sub watch_end {
    my ($self, $handle) = @_;
    $self->{watched} = $handle;
    $self->{readers}->add($handle);
    return;
}

sub run {
    my ($self) = @_;
    local $SIG{PIPE} = 'IGNORE';
    until ($self->{stopped}) {
        my $pause = @{ $self->{timers} } ? $self->{timers}[0][0] - time : undef;
        $pause = 0 if defined $pause && $pause < 0;
        my ($readable, $writable) = IO::Select->select($self->{readers}, $self->{writers}, undef, $pause);
        while (@{ $self->{timers} } && $self->{timers}[0][0] <= time) { (shift @{ $self->{timers} })->[1]->() }
        for my $handle (@{ $readable // [] }) {
            my $listener = $self->{listeners}{ fileno($handle) // -1 };
            if ($listener) {
                $self->accept($listener);
            } elsif ($self->{watched} && $handle == $self->{watched}) {
                return unless sysread $handle, my $ignored, 4096;
            } elsif (my $connection = $self->{connections}{$handle}) {
                $self->readable($connection);
            }
        }
        for my $handle (@{ $writable // [] }) {
            my $connection = $self->{connections}{$handle} or next;
            $connection->{handshake} ? $self->readable($connection) : $self->flush($connection);
        }
    }
    return;
}

sub stop { $_[0]{stopped} = 1; return }

sub after {
    my ($self, $seconds, $do) = @_;
    $self->{timers} = [sort { $a->[0] <=> $b->[0] } @{ $self->{timers} }, [time + $seconds, $do]];
    return;
}

sub accept {
    my ($self, $listener) = @_;
    my $socket = $listener->{socket}->accept or return;
    $socket->blocking(0);
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    my %connection = (scheme => 'http', in => '', out => [], peer => $socket->peerhost);
    if ($listener->{context}) {
        IO::Socket::SSL->start_SSL($socket, SSL_server => 1, SSL_startHandshake => 0,
            SSL_reuse_ctx => $listener->{context}) or return;
        @connection{qw(scheme handshake)} = ('https', 1);
    }
    $connection{socket} = $socket;
    $self->{connections}{$socket} = \%connection;
    $self->{readers}->add($socket);
    return;
}

sub drop {
    my ($self, $connection, $reset) = @_;
    my $socket = $connection->{socket};
    delete $self->{connections}{$socket} or return;
    $self->{readers}->remove($socket);
    $self->{writers}->remove($socket);
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $reset;
    $connection->{scheme} eq 'https' ? $socket->close(SSL_no_shutdown => $reset || $connection->{handshake} ? 1 : 0)
        : close $socket;
    return;
}

# TRUE where a call failed for now only.
sub later {
    my ($connection) = @_;
    return $connection->{scheme} eq 'https' ? $SSL_ERROR == SSL_WANT_READ || $SSL_ERROR == SSL_WANT_WRITE
        : $!{EAGAIN} || $!{EINTR};
}

sub readable {
    my ($self, $connection) = @_;
    my $socket = $connection->{socket};
    if ($connection->{handshake}) {
        if ($socket->accept_SSL) {
            delete $connection->{handshake};
            $self->{writers}->remove($socket);
        } elsif (later($connection)) {
            $self->{writers}->add($socket) if $SSL_ERROR == SSL_WANT_WRITE;
            return;
        } else {
            return $self->drop($connection, 0);
        }
    }
    # No more at once than one request may have; TLS may keep read octets to itself, so to the end.
    for (;;) {
        my $got = sysread $socket, $connection->{in}, 65536, length $connection->{in};
        if (!defined $got) {
            last if later($connection);
            return $self->drop($connection, 0);
        }
        if (!$got) {
            $connection->{ended} = 1;
            $self->{readers}->remove($socket);
            return $self->drop($connection, 0) if $connection->{silent};
            last; # what it asked before is taken all the same
        }
        return $self->drop($connection, 1) if length $connection->{in} > $head_limit + $body_limit;
    }
    $self->serve($connection);
    return;
}

# The first whole request of what came in: (request), (undef, what is wrong), or nothing yet.
sub parse {
    my ($connection) = @_;
    my $end = index $connection->{in}, "\r\n\r\n";
    if ($end < 0) {
        return (undef, 'header too long') if length $connection->{in} > $head_limit;
        return;
    }
    my ($first, @lines) = split /\r\n/, substr $connection->{in}, 0, $end;
    my ($method, $target, $minor) = ($first // '') =~ m{^([A-Z]+) (/\S*) HTTP/1\.([01])$}
        or return (undef, 'not a request line');
    my (%header, @names);
    for my $line (@lines) {
        my ($name, $value) = $line =~ /^([!#\$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/
            or return (undef, 'not a header line');
        return (undef, "two header lines $name")
            if exists $header{lc $name} && lc($name) =~ /^(?:host|content-length|transfer-encoding|authorization|x-ovh-.*)$/;
        $header{lc $name} = $value;
        push @names, $name;
    }
    return (undef, 'no Host') unless length($header{host} // '');
    my $from = $end + 4;
    my $body = '';
    if (lc($header{'transfer-encoding'} // '') eq 'chunked') {
        for (;;) {
            my $eol = index $connection->{in}, "\r\n", $from;
            return continue_sent($connection, \%header) if $eol < 0;
            my ($hex) = substr($connection->{in}, $from, $eol - $from) =~ /^([0-9A-Fa-f]{1,6})(?:;|$)/
                or return (undef, 'not a chunk');
            my $size = hex $hex;
            return if length $connection->{in} < $eol + 2 + $size + 2;
            $body .= substr $connection->{in}, $eol + 2, $size;
            $from = $eol + 2 + $size + 2;
            last unless $size;
        }
    } else {
        my $length = $header{'content-length'} // 0;
        return (undef, 'not a length') if $length !~ /^\d{1,9}$/ || $length > $body_limit;
        return continue_sent($connection, \%header) if length $connection->{in} < $from + $length;
        $body = substr $connection->{in}, $from, $length;
        $from += $length;
    }
    substr $connection->{in}, 0, $from, '';
    delete $connection->{continued};
    return {scheme => $connection->{scheme}, peer => $connection->{peer}, method => $method, target => $target,
        header => \%header, names => \@names, body => $body,
        close => !$minor || lc($header{connection} // '') eq 'close'};
}

sub continue_sent {
    my ($connection, $header) = @_;
    return if $connection->{continued} || lc($header->{expect} // '') ne '100-continue';
    $connection->{continued} = 1;
    push @{ $connection->{out} }, ["HTTP/1.1 100 Continue\r\n\r\n", 1];
    return;
}

# The stand-in's own mistake, for whoever reads the answer.
sub broken {
    my ($why) = @_;
    print STDERR "ovh-api: $why";
    return {status => 500, headers => [['Content-Type', 'text/plain']], end => 'close', body => "ovh-api is broken: $why"};
}

# Takes up requests as long as there are whole ones and none is being answered.
sub serve {
    my ($self, $connection) = @_;
    while (!$connection->{busy} && !$connection->{closing}) {
        my ($request, $wrong) = parse($connection);
        last unless $request || $wrong;
        my $answer = $wrong
            ? {status => 400, headers => [['Content-Type', 'text/html']], end => 'close',
                body => "<html>400: $wrong</html>\n"}
            : eval { $self->{answer}->($request) } // broken($@);
        $answer->{end} = 'close' if $request && $request->{close} && ($answer->{end} // 'keep') eq 'keep';
        $connection->{busy} = 1;
        if ($answer->{wait}) {
            $self->after($answer->{wait}, sub { $self->send_answer($connection, $answer); $self->serve($connection) });
            last;
        }
        $self->send_answer($connection, $answer);
    }
    $self->flush($connection) if $self->{connections}{ $connection->{socket} };
    return;
}

sub send_answer {
    my ($self, $connection, $answer) = @_;
    return unless $self->{connections}{ $connection->{socket} };
    my $end = $answer->{end} // 'keep';
    return $connection->{silent} = 1 if $end eq 'silent';
    return $self->drop($connection, $end eq 'reset') if $end eq 'reset' || $end eq 'drop';
    my ($chunk, $times) = ref $answer->{body} ? @{ $answer->{body} } : ($answer->{body}, 1);
    my $length = length($chunk) * $times;
    my $head = "HTTP/1.1 $answer->{status} " . reason($answer->{status}) . "\r\n"
        . join('', map {"$_->[0]: $_->[1]\r\n"} @{ $answer->{headers} // [] })
        . ($answer->{status} == 204 ? '' : $answer->{chunked} ? "Transfer-Encoding: chunked\r\n" : "Content-Length: $length\r\n")
        . 'Connection: ' . ($end eq 'keep' ? 'keep-alive' : 'close') . "\r\n\r\n";
    push @{ $connection->{out} }, [$head, 1];
    if ($end eq 'cut') {
        push @{ $connection->{out} }, [substr($chunk, 0, length($chunk) >> 1), 1];
    } elsif ($answer->{chunked}) {
        push @{ $connection->{out} }, [sprintf("%x\r\n%s\r\n", length $chunk, $chunk), $times] if length $chunk;
        push @{ $connection->{out} }, ["0\r\n\r\n", 1];
    } elsif ($length && $answer->{status} != 204) {
        push @{ $connection->{out} }, [$chunk, $times];
    }
    $connection->{closing} = $end ne 'keep';
    $connection->{busy} = 0;
    $self->flush($connection);
    return;
}

sub flush {
    my ($self, $connection) = @_;
    my ($socket, $out) = @{$connection}{qw(socket out)};
    while (@$out) {
        my $piece = $out->[0];
        my $offset = $piece->[2] // 0;
        my $sent = syswrite $socket, $piece->[0], length($piece->[0]) - $offset, $offset;
        if (!defined $sent) {
            return $self->{writers}->add($socket) if later($connection);
            return $self->drop($connection, 0);
        }
        $piece->[2] = $offset + $sent;
        next if $piece->[2] < length $piece->[0];
        $piece->[2] = 0;
        shift @$out unless --$piece->[1] > 0;
    }
    $self->{writers}->remove($socket);
    $self->drop($connection, 0) if $connection->{closing} || $connection->{ended} && !$connection->{busy};
    return;
}

1;
