# Speaks the milter protocol byte by byte, so that a test can say what no MTA and no miltertest
# would: partial messages, wrong packets, macros of its choice.
package MilterClient;

use strict;
use warnings;
use IO::Socket::UNIX;

# Options: path; actions and steps on offer (all); client_port (40000), client_address, client_name;
# macros (hash: sent with CONNECT).
sub new {
    my ($class, %option) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => $option{path}) or die "$option{path}: $!\n";
    my $self = bless { socket => $socket }, $class;
    $self->send('O', pack 'N3', 6, $option{actions} // 0x1FF, $option{steps} // 0x1FFFFF);
    (undef, $self->{actions}, $self->{steps}) = unpack 'N3', ($self->receive)[1];
    $self->macros('C', %{ $option{macros} // { v => 'Postfix 3.7.11', '{client_resolve}' => 'OK' } });
    $self->send('C', ($option{client_name} // 'client.example') . "\0" . '4' . pack('n', $option{client_port} // 40000)
            . ($option{client_address} // '192.0.2.7') . "\0");
    $self->answered(0x1000);
    $self->send('H', "client.example\0");
    $self->answered(0x2000);
    return $self;
}

# The other side may have closed.
sub raw {
    my ($self, $bytes) = @_;
    local $SIG{PIPE} = 'IGNORE';
    while (length $bytes) {
        my $n = syswrite $self->{socket}, $bytes or return;
        substr $bytes, 0, $n, '';
    }
    return 1;
}

sub send {
    my ($self, $command, $data) = @_;
    $data //= '';
    return $self->raw(pack('N', 1 + length $data) . $command . $data);
}

# One packet: (command, data); nothing when the connection is closed.
sub receive {
    my ($self) = @_;
    my $take = sub {
        my ($length) = @_;
        my $bytes = '';
        while (length $bytes < $length) {
            sysread $self->{socket}, $bytes, $length - length $bytes, length $bytes or return;
        }
        return $bytes;
    };
    my $head = $take->(5) // return;
    my ($length, $command) = unpack 'Na', $head;
    return ($command, $length > 1 ? $take->($length - 1) : '');
}

# Waits for the reply to a step, unless it was agreed that there is none.
sub answered { my ($self, $bit) = @_; return $self->{steps} & $bit ? 'c' : ($self->receive)[0] // '' }

sub macros {
    my ($self, $command, %macro) = @_;
    $self->send('D', $command . join '', map {"$_\0$macro{$_}\0"} sort keys %macro);
    return;
}

# Options: from, to (array), macros (sent with MAIL).
sub envelope {
    my ($self, %option) = @_;
    $self->macros('M', %{ $option{macros} // {} });
    $self->send('M', '<' . ($option{from} // 'paul@sandbox.example') . ">\0");
    $self->answered(0x4000);
    for my $to (@{ $option{to} // ['ann@outside.example'] }) {
        $self->send('R', "<$to>\0");
        $self->answered(0x8000);
    }
    return;
}

# A message as text with LF; header and body. TRUE, unless the milter was done with it after the header.
sub message {
    my ($self, $text) = @_;
    my ($header, $body) = split /\n\n/, $text, 2;
    for my $field (split /\n(?![ \t])/, $header) {
        my ($name, $value) = $field =~ /^(.*?):(.*)\z/s or next;
        $self->send('L', "$name\0$value\0");
        $self->answered(0x80);
    }
    $self->send('N');
    return if $self->answered(0x40000) ne 'c';
    $body = ($body // q{}) =~ s{\n}{\r\n}gr;
    while (length $body) {
        $self->send('B', substr $body, 0, 65535, '');
        $self->answered(0x80000);
    }
    return 1;
}

# End of message; gives all that the milter asks for, as [command, data], the reply last.
sub finish {
    my ($self, $queue_id) = @_;
    $self->macros('E', i => $queue_id // '4XyZ12abcDzQ');
    $self->send('E');
    my @answers;
    while (my ($command, $data) = $self->receive) {
        push @answers, [$command, $data];
        last if $command !~ /[hmiqpbe+-]/;
    }
    return @answers;
}

# A whole message; the reply: its letter, or its text where it has one.
sub tell {
    my ($self, $text, %option) = @_;
    $self->envelope(%option);
    $self->message($text);
    my ($command, $data) = @{ ($self->finish($option{queue_id}))[-1] // return 'closed' };
    return $command eq 'y' ? $data =~ s/\0\z//r : $command;
}

sub quit { my ($self) = @_; $self->send('Q'); close $self->{socket}; return }

1;
