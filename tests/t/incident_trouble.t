#!/usr/bin/perl
# Incidents when things go wrong: outvetd killed in the middle of a request, the provider away, slow or
# refusing, two operators, two outvetd. Against the stand-in of the provider's API; no mail system.
use v5.32;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Socket::UNIX;
use JSON::PP qw(decode_json);
use MilterClient;
use OvhApi;
use OvhCall qw(call);
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $api = OvhApi->new(networks => ['192.0.2.0/28'], knobs => {unblocking_seconds => 600});
my $box = Sandbox->new(no_postfix => 1);
my $told = "$box->{dir}/state/alerts";
Sandbox::spew("$box->{dir}/tell", "#!/bin/sh\ncat >>'$told'\n", 0755);
my $sections = "[egress]\naddresses = 192.0.2.1\n[alert]\ncommand = $box->{dir}/tell\nquiet = 1s\n[provider]\nkind = ovh\n"
    . "credentials = $box->{dir}/ovh.conf\ninterval = 1s\ncalls = 6000\ntime_limit = 3s\nquiet = 1h\n";

sub put_credentials {
    my ($text) = @_;
    Sandbox::spew("$box->{dir}/ovh.conf", $text, 0600);
    chown +(getpwnam $box->{user})[2], -1, "$box->{dir}/ovh.conf";
    return;
}
put_credentials($api->conf);
$box->write_settings($sections);
$box->start_outvetd;

sub outvet_json { my ($status, $out) = $box->outvet(@_); return $status == 0 ? decode_json($out) : undef }
sub provider { return (outvet_json('status', '--json') // {})->{provider} // {} }
sub incidents { return map { decode_json($_) } split /\n/, ($box->outvet('incident', 'list', '--all', '--json'))[1] }
sub incident_of { my ($address) = @_; return (grep { $_->{address} eq $address } incidents())[0] }
sub show { return outvet_json('incident', 'show', '--json', $_[0]) // {events => []} }
sub events { my ($number, $kind) = @_; return grep { $_->{event} eq $kind } @{ show($number)->{events} } }
sub wait_phase {
    my ($number, $phase) = @_;
    return $box->wait_until("incident $number is $phase", 90, sub { (show($number)->{phase} // '') eq $phase });
}
sub posts { my ($address) = @_; return $api->count('POST', qr/\Q$address\E\/unblock/) }

# A block whose time is over; the incident's number.
sub blocked {
    my ($address) = @_;
    $api->block(address => $address, seconds => 1);
    $box->wait_until("an incident of $address", 60, sub { incident_of($address) });
    $api->advance(5);
    return incident_of($address)->{incident};
}

# Starts the command that forces an unblock; its process id.
sub start_forcing {
    my ($number) = @_;
    Sandbox::spew("$box->{dir}/number.$number", "$number\n");
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    open STDIN, '<', "$box->{dir}/number.$number";
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    exec "$Sandbox::build/outvet", 'incident', 'unblock', '--config', "$box->{dir}/outvet.conf", '--force', '--no-wait', $number
        or POSIX::_exit(127);
}
sub force { my $pid = start_forcing(@_); waitpid $pid, 0; return $? >> 8 }

subtest 'outvetd killed while the answer is on its way: one request, and it goes on' => sub {
    my $number = blocked('192.0.2.2');
    $api->fault(kind => 'late', match => 'unblock', seconds => 30);
    is(force($number), 0, 'asked for');
    $box->wait_until('the request', 30, sub { posts('192.0.2.2') });
    $box->stop_outvetd('KILL');
    is((grep { $_->{address} eq '192.0.2.2' } incidents())[0]{phase}, 'sending', 'it is recorded that it was sent');
    $box->start_outvetd;
    wait_phase($number, 'unblocking');
    $api->advance(700);
    wait_phase($number, 'easing');
    is(posts('192.0.2.2'), 1, 'one request');
};

subtest 'two operators at once: one request' => sub {
    my $number = blocked('192.0.2.3');
    my @pids = map { start_forcing($number) } 1 .. 2;
    waitpid $_, 0 for @pids;
    wait_phase($number, 'unblocking');
    is(posts('192.0.2.3'), 1, 'one request');
    is(scalar events($number, 'forced'), 1, 'and one is named for it');
};

subtest 'the provider is away and comes back' => sub {
    my $number = incident_of('192.0.2.3')->{incident}; # which it works on
    my $before = () = Sandbox::slurp($told) =~ /"subject":"provider"/g;
    $api->fault(kind => 'html', status => 500, match => '/ip', times => 100_000);
    $box->wait_until('failing', 60, sub { provider()->{state} eq 'failing' });
    my $since = provider()->{since};
    like($since, qr/^\d{4}-\d\d-\d\dT/, 'since when');
    like(provider()->{error}, qr/500/, 'and why');
    $box->wait_until('an alert', 60, sub { Sandbox::slurp($told) =~ /"subject":"provider"/ });
    my $port = $api->{port}{http};
    $api->stop;
    $box->wait_until('no connection', 60, sub { (provider()->{error} // '') =~ /connect/i });
    is(provider()->{since}, $since, 'since the same time');
    is((() = Sandbox::slurp($told) =~ /"subject":"provider"/g) - $before, 1, 'one alert');
    is(show($number)->{phase}, 'unblocking', 'the incident waits');
    is((() = map { $_->{event} eq 'trouble' ? 1 : () } @{ show($number)->{events} }), 1, 'told once in its story');
    $api->start(port => $port);
    $api->set(unblocking_seconds => 600);
    $api->network(block => '192.0.2.0/28');
    # It has forgotten the address, as after an unblock long ago.
    wait_phase($number, 'easing');
    $box->wait_until('it answers', 90, sub { provider()->{state} eq 'asking' });
    is(posts('192.0.2.3'), 0, 'nothing was sent meanwhile');
    $box->wait_until('told that it answers', 30, sub { Sandbox::slurp($told) =~ /answers again/ });
};

subtest 'a block that began and ended unseen is found' => sub {
    ok($box->ledger(q{select value from marks where name = 'past:192.0.2.0/28'}), 'it was looked for before');
    $box->stop_outvetd;
    $api->detect(address => '192.0.2.4', message_id => 'unseen@sandbox.example');
    $api->block(address => '192.0.2.4', seconds => 1);
    $api->advance(5);
    call($api, 'POST', '/ip/192.0.2.0%2F28/spam/192.0.2.4/unblock', time => $api->now);
    $api->advance(700);
    is($api->state('192.0.2.4'), 'unblocked', 'blocked and unblocked again');
    $box->start_outvetd;
    $box->wait_until('its incident', 60, sub { incident_of('192.0.2.4') });
    my $number = incident_of('192.0.2.4')->{incident};
    $box->wait_until('its message', 60, sub { show($number)->{detections} == 1 });
    wait_phase($number, 'closed');
    is(scalar events($number, 'opened'), 1, 'opened once');
};

subtest 'detections that come bit by bit are counted once each' => sub {
    my $number = blocked('192.0.2.5');
    my $total = 0;
    my $more = sub {
        my ($n) = @_;
        $api->detect(address => '192.0.2.5', message_id => 'bit-' . ++$total . '@sandbox.example', time => $api->now - 60) for 1 .. $n;
        $box->wait_until("$total detections", 60, sub { show($number)->{detections} >= $total });
        return;
    };
    $more->(1);
    $more->(3);
    $box->stop_outvetd('KILL');
    $box->start_outvetd;
    $more->(2);
    $box->stop_outvetd;
    $box->start_outvetd;
    my $asked = $api->count('GET', qr/192\.0\.2\.5\/stats/);
    $box->wait_until('it is read once more', 60, sub { $api->count('GET', qr/192\.0\.2\.5\/stats/) > $asked + 1 });
    is(show($number)->{detections}, 6, 'six');
    is((grep { $_->{address} eq '192.0.2.5' } incidents()) + 0, 1, 'of one incident');
    my $new = 0;
    $new += ($_->{text} =~ /^(\d+) new/)[0] for events($number, 'detections');
    is($new, 6, 'told as new once each');
};

subtest 'rights that are missing are told, in the incident and the status' => sub {
    my $number = incident_of('192.0.2.5')->{incident};
    my @rights = ([GET => '/auth/currentCredential'], [GET => '/ip'], [GET => '/ip/*/spam'], [GET => '/ip/*/spam/*']);
    $api->credential(key => OvhApi::CONSUMER_KEY, rules => \@rights);
    is(force($number), 0, 'asked for');
    $box->wait_until('trouble', 60, sub { events($number, 'trouble') });
    wait_phase($number, 'open');
    like((events($number, 'trouble'))[0]{text}, qr/lacks the right/, 'which the incident tells');
    $api->credential(key => OvhApi::CONSUMER_KEY, rules => [@rights[0, 1]]);
    $box->wait_until('failing', 60, sub { provider()->{state} eq 'failing' });
    like(provider()->{error}, qr/lacks the right.*provider login/, 'and the status, with what to do');
    $api->credential(key => OvhApi::CONSUMER_KEY, rules => [@rights, [POST => '/ip/*/spam/*/unblock']]);
    $box->wait_until('asking', 90, sub { provider()->{state} eq 'asking' });
};

subtest 'mail passes while the provider hangs' => sub {
    my $asked = ($api->last // {n => 0})->{n};
    $api->fault(kind => 'silent', match => '/ip', times => 1000);
    $box->wait_until('a question without answer', 60, sub { grep { ($_->{fault} // '') eq 'silent' } $api->log($asked) });
    my $client = MilterClient->new(path => $box->{milter_socket});
    like($client->tell(letter('While it hangs')), qr/^[ac]$/, 'a message passes');
    $client->quit;
    is(provider()->{provider}, 'ovh', 'and outvetd answers its operators');
    $api->no_faults;
    $box->wait_until('asking', 90, sub { provider()->{state} eq 'asking' });
};

# The other node's outvetd: its own sockets, the same ledger.
sub start_other {
    my $text = Sandbox::slurp("$box->{dir}/outvet.conf");
    $text =~ s/^name = sandbox$/name = other/m;
    $text =~ s{run/(milter|control)\.sock}{run/other-$1.sock}g;
    Sandbox::spew("$box->{dir}/other.conf", $text);
    $box->spawn('other', "$Sandbox::build/outvetd", '--config', "$box->{dir}/other.conf", '--foreground', '--user', $box->{user});
    $box->wait_until('the other outvetd', 60, sub { IO::Socket::UNIX->new(Peer => "$box->{dir}/run/other-control.sock") });
    return;
}
sub other_provider {
    my ($status, $out) = $box->run(["$Sandbox::build/outvet", 'status', '--config', "$box->{dir}/other.conf", '--json']);
    return $status == 0 ? decode_json($out)->{provider} : {};
}

subtest 'of two outvetd one asks, and the other takes over when that is killed' => sub {
    start_other();
    $box->wait_until('the other waits', 60, sub { other_provider()->{state} eq 'standby' });
    is(provider()->{state}, 'asking', 'one asks');
    my ($lease) = $box->ledger('select holder from leases');
    is($lease->{holder}, 'sandbox', 'who holds the lease');
    $box->stop_outvetd('KILL');
    $box->wait_until('the other asks', 60, sub { other_provider()->{state} eq 'asking' });
    $api->block(address => '192.0.2.6', seconds => 3600);
    $box->wait_until('it finds a block', 60, sub { incident_of('192.0.2.6') });
    $box->start_outvetd;
    $box->wait_until('the first waits', 60, sub { provider()->{state} eq 'standby' });
    $box->end('other');
    $box->wait_until('it takes over at once', 60, sub { provider()->{state} eq 'asking' });
    is((grep { $_->{address} eq '192.0.2.6' } incidents()) + 0, 1, 'one incident');
};

$box->stop;
$api->stop;
done_testing;
