# The OVH API of a test: starts tests/tools/ovh-api on loopback and steers it.
#
#     my $api = OvhApi->new(networks => ['192.0.2.0/28', '2001:db8::/64'], tls => 1);
#     $api->url                  http://127.0.0.1:PORT/1.0; url('https'), url('expired'), url('wrong_name')
#     $api->token_url('https')   the OAuth2 token endpoint
#     $api->ca                   file of the authority's certificate (tls)
#     $api->conf                 text of an ovh.conf with the keys below; conf(oauth2 => 1), conf(scheme => 'https')
#     OvhApi::APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY, CLIENT_ID, CLIENT_SECRET: known from the start
#
# Steering; each dies where the stand-in does not take it:
#     set(NAME => VALUE...)      knobs, all listed in OvhApi/World.pm: skew, window, errors, latency, calls_per_minute,
#                                too_early_status, unblocking_seconds, reblock_if_sent, stats, null_detected, extra_fields...
#     network(block =>, type =>, service =>, listed => 0|1, state => ok|foreign|expired)
#     detect(address =>, message_id =>, destination =>, score =>, time =>)    one message taken for spam; before a
#                                block it stands in that block's report; from an address that was released it blocks it again
#     block(address => ONE or [MANY], seconds =>, date =>, total =>, spams =>, word =>)   word: shown in place of the state
#     sent(address =>)           spam left: blocks an address again that was released, twice as long
#     forget(address =>), state(ADDRESS): none, blockedForSpam, unblocking, unblocked
#     advance(SECONDS), now      the stand-in's clock: dates, blocks, tokens, /auth/time, window of the signatures
#     clock(TIME)                the clock of /auth/time and signatures alone, as the knob skew
#     application(key =>, secret =>), client(id =>, secret =>, actions => [...])
#     credential(key =>, application =>, state => validated|pendingValidation|refused|expired, rules => [[METHOD, PATH]...],
#                allowed_ips => [...])      named again, it changes
#     pending                    the consumer keys that wait to be validated (a list by reference)
#     notify(subject =>, body =>, date =>)  a mail in /me/notification/email/history; gives its id
#     fault(kind =>, match =>, times =>, skip =>...), no_faults   kinds and what they take: OvhApi/Api.pm
#     route(METHOD, PATH), no_routes   a route that answers null after all checks
#
# What was asked:
#     log, log(AFTER)            requests, oldest first (with a number n over AFTER): n, time, method, scheme, host, target,
#                                names (of the header lines), body, status, query_id, fault, and check: the check that
#                                refused it (route login application clock credential signature state origin rate rules
#                                token client parameters object service business), ok, or fault
#     count(METHOD, qr/TARGET/, AFTER)   how many of them
#     last                       the newest
#     clear_log, stop, start(port => N)    started again it knows nothing of what it was told
#
# A network must be there before its addresses are blocked. Times are seconds since the epoch.
package OvhApi;

use v5.32;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use JSON::PP ();

use constant {
    APPLICATION_KEY => 'TDPKJdwZwAQPwKX2',
    APPLICATION_SECRET => '9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk',
    CONSUMER_KEY => '5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY',
    CLIENT_ID => 'EU.0123456789abcdef',
    CLIENT_SECRET => '0123456789abcdef0123456789abcdef',
};

my $json = JSON::PP->new->canonical->utf8;

# Options: networks (blocks, or hashes for network), tls, knobs (hash for set).
sub new {
    my ($class, %option) = @_;
    my $self = bless {dir => tempdir('outvet-ovh-XXXXXXXX', TMPDIR => 1, CLEANUP => 1), owner => $$}, $class;
    chmod 0755, $self->{dir};
    $self->start(%option);
    $self->set(%{ $option{knobs} }) if $option{knobs};
    $self->network(ref $_ ? %$_ : (block => $_)) for @{ $option{networks} // [] };
    return $self;
}

sub start {
    my ($self, %option) = @_;
    pipe my $theirs, my $ours or die "pipe: $!\n";
    unlink "$self->{dir}/ports"; # of one before
    $self->{pid} = fork // die "fork: $!\n";
    if (!$self->{pid}) {
        close $ours;
        open STDIN, '<&', $theirs;
        open STDOUT, '>', "$self->{dir}/stdout";
        open STDERR, '>', "$self->{dir}/stderr";
        exec abs_path(dirname(__FILE__) . '/../tools/ovh-api'), '--with-stdin', '--port-file', "$self->{dir}/ports",
            '--port', $option{port} // 0,
            $option{tls} ? ('--tls', $self->{dir}) : () or exit 127;
    }
    close $theirs;
    $self->{alive} = $ours;    # it ends when we do
    for (1 .. 1200) {
        last if -s "$self->{dir}/ports";
        select undef, undef, undef, 0.025;
    }
    open my $file, '<', "$self->{dir}/ports" or die "ovh-api does not serve: see $self->{dir}/stderr\n";
    while (<$file>) { $self->{port}{$1} = $2 if /^(\w+) (\d+)$/ }
    $self->{http} = HTTP::Tiny->new(timeout => 60, keep_alive => 0, no_proxy => ['127.0.0.1']);
    return;
}

sub origin {
    my ($self, $scheme) = @_;
    $scheme //= 'http';
    return ($scheme eq 'http' ? 'http' : 'https') . "://127.0.0.1:$self->{port}{$scheme}";
}

sub url { my ($self, $scheme) = @_; return $self->origin($scheme) . '/1.0' }
sub token_url { my ($self, $scheme) = @_; return $self->origin($scheme) . '/auth/oauth2/token' }
sub ca { return "$_[0]{dir}/ca.pem" }

sub conf {
    my ($self, %option) = @_;
    my $url = $self->url($option{scheme});
    my @keys = $option{oauth2} ? (client_id => CLIENT_ID, client_secret => CLIENT_SECRET)
        : (application_key => APPLICATION_KEY, application_secret => APPLICATION_SECRET, consumer_key => CONSUMER_KEY);
    my $text = "[default]\nendpoint=$url\n\n[$url]\n";
    while (my ($name, $value) = splice @keys, 0, 2) { $text .= "$name=$value\n" }
    return $text;
}

# Tells it to do something; gives what it answers.
sub steer {
    my ($self, $verb, %told) = @_;
    my $answer = $self->{http}->post($self->origin . '/_control', {content => $json->encode({do => $verb, %told})});
    my $body = eval { $json->decode($answer->{content}) } // {error => $answer->{content}};
    die "ovh-api: $verb: $body->{error}\n" if $answer->{status} != 200;
    return $body->{ok};
}

for my $verb (qw(set network detect block sent forget application credential client pending notify fault no_faults
    no_routes last clear_log now)) {
    no strict 'refs'; ## no critic
    *$verb = sub { my ($self, %told) = @_; return $self->steer($verb, %told) };
}

sub state { my ($self, $address) = @_; return $self->steer('state', address => $address) }
sub advance { my ($self, $seconds) = @_; return $self->steer('advance', seconds => $seconds) }
sub clock { my ($self, $at) = @_; return $self->steer('clock', at => $at) }
sub route { my ($self, $method, $path) = @_; return $self->steer('route', method => $method, path => $path) }
sub log { my ($self, $after) = @_; return @{ $self->steer('log', after => $after // 0) } }

sub count {
    my ($self, $method, $target, $after) = @_;
    return scalar grep { $_->{method} eq $method && $_->{target} =~ $target } $self->log($after);
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    close delete $self->{alive};
    kill 'TERM', $pid;
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
