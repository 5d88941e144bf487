# What the stand-in of the OVH API tells of: a clock that can be moved, networks, the blocks of their
# addresses and what was seen before each, mails. The rules of section "unblock" hold here: none,
# blockedForSpam, after its time on request unblocking, some seconds later unblocked, and blocked
# again, for longer, when more spam is sent.
package OvhApi::World;

use v5.32;
use warnings;
use POSIX qw(strftime);
use Socket qw(inet_aton);
use Time::HiRes qw(time);

my %usual_knobs = (
    skew => 0,             # seconds that the clock of /auth/time and of the signatures is ahead
    window => 180,         # seconds that a signature's time may be off
    errors => 'new',       # bodies of errors: old, new, mixed (in turn)
    latency => 0,          # seconds before any answer
    calls_per_minute => 0, # of one credential; 0: no limit
    retry_after => undef,  # seconds, or text, told when over that limit
    token_lifetime => 3599,
    too_early_status => 400,   # of "still blocked for N seconds"
    unblocking_seconds => 120, # from the request to unblocked
    repeated => 'same',        # to unblock what is released: same (200 as it is), or a status
    reblock_if_sent => 1,      # spam from an address that was released blocks it again, twice as long
    void => 'null',            # an answer without value: null, empty, 204
    zone => '+01:00',          # of dates
    stats => 'periods',        # shape: periods; flat (detections alone); object (one period, no list)
    null_detected => 0,        # detectedSpams is null
    extra_fields => 0,         # fields that no schema has
    chunked => 0,              # answers in chunks, without a length
);

sub new {
    my ($class) = @_;
    return bless {knobs => {%usual_knobs}, advanced => 0, networks => {}, order => [], spam => {}, mails => []}, $class;
}

sub knob { return $_[0]{knobs}{ $_[1] } }

sub set {
    my ($self, %knobs) = @_;
    for my $name (keys %knobs) {
        die "no knob $name\n" unless exists $usual_knobs{$name};
        $self->{knobs}{$name} = $knobs{$name};
    }
    return;
}

sub precise_now { return time + $_[0]{advanced} }
sub now { return int $_[0]->precise_now }
sub auth_now { return $_[0]->now + $_[0]->knob('skew') }

sub advance {
    my ($self, $seconds) = @_;
    $self->{advanced} += $seconds;
    return $self->now;
}

# Moves the clock of the signatures to that time, from where it runs on.
sub clock_at {
    my ($self, $at) = @_;
    $self->{knobs}{skew} = $at - $self->now;
    return;
}

sub date_text {
    my ($self, $when) = @_;
    my ($sign, $hours, $minutes) = $self->knob('zone') =~ /^([+-])(\d\d):(\d\d)$/ or
        return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $when);
    my $offset = ($hours * 60 + $minutes) * 60 * ($sign eq '-' ? -1 : 1);
    return strftime('%Y-%m-%dT%H:%M:%S', gmtime $when + $offset) . $self->knob('zone');
}

# block "192.0.2.0/28"; maybe type, service, listed (0: not in GET /ip), state (ok, foreign: not
# ours, expired). Named again, it changes.
sub network {
    my ($self, %network) = @_;
    my $block = $network{block} // die "no block\n";
    push @{ $self->{order} }, $block unless $self->{networks}{$block};
    my $known = $self->{networks}{$block}
        //= {type => 'dedicated', service => 'ns1.example.net', listed => 1, state => 'ok'};
    @$known{ keys %network } = values %network;
    return;
}

sub networks { my ($self) = @_; return map { $self->{networks}{$_} } @{ $self->{order} } }

sub is_ipv4 { return $_[0] =~ /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}(?<!\.)$/ }

# TRUE where the address lies in the network, which may be written without its /32.
sub contains {
    my ($block, $address) = @_;
    my ($base, $bits) = $block =~ m{^([\d.]+)(?:/(\d+))?$} or return 0;
    my $shift = 32 - ($bits // 32);
    return (unpack('N', inet_aton($base)) >> $shift) == (unpack('N', inet_aton($address)) >> $shift);
}

sub network_of {
    my ($self, $address) = @_;
    my ($block) = grep { contains($_, $address) } @{ $self->{order} };
    return $block // die "no network has the address $address\n";
}

# The record of an address: state, date, time, periods, pending (detections not yet of a period).
sub spam_of {
    my ($self, $address, $made) = @_;
    die "not an IPv4 address: $address\n" unless is_ipv4($address);
    my $record = $self->{spam}{$address};
    $record //= $self->{spam}{$address} = {address => $address, block => $self->network_of($address), state => 'none',
        periods => [], pending => []} if $made;
    return $record;
}

# As it stands now: what was unblocking is unblocked in the end.
sub state_of {
    my ($self, $record) = @_;
    if ($record->{state} eq 'unblocking' && $self->now >= $record->{asked} + $self->knob('unblocking_seconds')) {
        @$record{qw(state time)} = ('unblocked', 0);
    }
    return $record->{state};
}

# Blocks an address (or each of a list) for so many seconds from now, or from date; total and spams
# of the report where they are more than what was detected. word: shown for the state in its place.
sub block {
    my ($self, %block) = @_;
    for my $address (ref $block{address} ? @{ $block{address} } : $block{address} // die "no address\n") {
        my $record = $self->spam_of($address, 1);
        my $date = $block{date} // $self->now;
        @$record{qw(state date time word)} = ('blockedForSpam', $date, $block{seconds} // 3600, $block{word});
        $record->{longest} = $record->{time};
        push @{ $record->{periods} }, {timestamp => $date, detected => $record->{pending},
            total => $block{total}, spams => $block{spams}};
        $record->{pending} = [];
    }
    return;
}

# One message of an address taken for spam: message_id, destination, score, time. Before a block it
# stands in the report of that block; during one in the report of it.
sub detect {
    my ($self, %detection) = @_;
    my $record = $self->spam_of($detection{address} // die("no address\n"), 1);
    my $detected = $self->state_of($record) eq 'blockedForSpam' ? $record->{periods}[-1]{detected} : $record->{pending};
    push @$detected, {date => ($detection{time} // $self->now) + 0,
        destinationIp => $detection{destination} // '198.51.100.25',
        messageId => ($detection{message_id} // '') . '', spamscore => ($detection{score} // 300) + 0};
    $self->sent(address => $detection{address});
    return;
}

# More spam was sent from an address: one that was released is blocked again.
sub sent {
    my ($self, %sent) = @_;
    my $record = $self->spam_of($sent{address} // die "no address\n") or return;
    return if !$self->knob('reblock_if_sent') || $self->state_of($record) !~ /^unblock/;
    $self->block(address => $sent{address}, seconds => 2 * $record->{longest});
    return;
}

# Forgets that an address was ever blocked.
sub forget {
    my ($self, %forget) = @_;
    delete $self->{spam}{ $forget{address} // die "no address\n" };
    return;
}

# ip.SpamIp
sub spam_ip {
    my ($self, $record) = @_;
    my $state = $self->state_of($record);
    return {ipSpamming => $record->{address}, state => $record->{word} // $state,
        date => $self->date_text($record->{date}), time => $record->{time} + 0};
}

# ip.SpamStats
sub spam_stats {
    my ($self, $period) = @_;
    my @detected = @{ $period->{detected} };
    my $sum = 0;
    $sum += $_->{spamscore} for @detected;
    my $spams = $period->{spams} // @detected;
    return {timestamp => $period->{timestamp} + 0, numberOfSpams => $spams + 0, total => ($period->{total} // $spams) + 0,
        averageSpamscore => @detected ? int($sum / @detected) : undef,
        detectedSpams => $self->knob('null_detected') ? undef : \@detected};
}

# Asks for the unblock: (status, object or message).
sub unblock {
    my ($self, $record) = @_;
    my $state = $self->state_of($record);
    if ($state eq 'blockedForSpam') {
        my $left = $record->{date} + $record->{time} - $self->now;
        return ($self->knob('too_early_status'), "This IP address is still blocked for $left seconds") if $left > 0;
        @$record{qw(state asked)} = ('unblocking', $self->now);
    } elsif ($self->knob('repeated') ne 'same') {
        return ($self->knob('repeated'), 'This IP address is not blocked'); # the text is not public
    }
    return (200, $self->spam_ip($record));
}

# A mail kept for the account: subject, body, date.
sub notify {
    my ($self, %mail) = @_;
    my $id = 10_000 + @{ $self->{mails} };
    push @{ $self->{mails} }, {id => $id, date => $mail{date} // $self->now, subject => $mail{subject} // '',
        body => $mail{body} // ''};
    return $id;
}

1;
