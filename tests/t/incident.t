#!/usr/bin/perl
# The provider's block, from the first sight to unblocked: a real Postfix, the agent of its queue, and the
# stand-in of the provider's API. One account's spam passes, the provider blocks the address for it.
use v5.32;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use OvhApi;
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;

my $api = OvhApi->new(networks => ['192.0.2.0/28', '198.51.100.64/28'], knobs => {unblocking_seconds => 600});
# [provider] times are short: the story is told in seconds. The small rate counts what was sent in the hour, too: 11.
my $box = Sandbox->new(
    settings => "[verdict]\ntag = off\nhold = off\n[egress]\naddresses = 192.0.2.1\n"
        . "[provider]\nkind = ovh\ncredentials = DIR/ovh.conf\ninterval = 1s\ncalls = 6000\nsettle = 1s\nease = 13\n"
        . "quiet = 1h\n",
    main_cf => {
        transport_maps => 'inline:{later.example=smtp:[127.0.0.1]:1}',
        minimal_backoff_time => '1h', maximal_backoff_time => '2h', queue_run_delay => '1h',
        default_destination_concurrency_failed_cohort_limit => 0,
    });
Sandbox::spew("$box->{dir}/ovh.conf", $api->conf, 0600);
chown +(getpwnam $box->{user})[2], -1, "$box->{dir}/ovh.conf";
$box->write_settings($box->{settings} =~ s/DIR/$box->{dir}/r);
$box->add_login($_, 'secret') for qw(shop boss);
$box->start;
$box->start_agent;

my ($shop, $boss) = map { "$_\@mx.sandbox.example" } qw(shop boss);
my $n = 0;
# Sends a letter; gives (taken, transcript, Message-ID).
sub send_as {
    my ($login, $to) = @_;
    my $id = 'Spam-' . ++$n . '.ABC@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(
        message => letter('The report', id => $id), from => "$login\@sandbox.example",
        to => [$to // 'ann@outside.example'], login => $login, password => 'secret');
    return ($status == 0, $transcript, $id);
}
sub outvet_as { my ($want, @words) = @_; my ($status, $out, $err) = $box->outvet(@words); is($status, $want, "outvet @words") or diag $out, $err; return $out }
sub incident { return decode_json(outvet_as(0, 'incident', 'show', '--json', $_[0])) }
sub wait_phase {
    my ($number, $phase) = @_;
    $box->wait_until("incident $number is $phase", 60, sub {
        my ($row) = $box->ledger("select phase from incidents where id = $number");
        my ($status, $out) = $box->outvet('incident', 'show', '--json', $number);
        return $status == 0 && decode_json($out)->{phase} eq $phase;
    });
}
sub suspended { return $box->ledger("select subject from suspensions s where not ended and not exists"
        . " (select 1 from suspensions l where l.subject = s.subject and l.id > s.id)") }
sub holding { return scalar grep { $_->{queue_name} eq 'hold' && $_->{sender} eq "$_[0]\@sandbox.example" } $box->queue }

my @ids;
subtest 'a block is seen, tied to its account, and the account stopped with its queue' => sub {
    for (1 .. 6) { my ($taken, undef, $id) = send_as('shop', "ann$_\@outside.example"); ok($taken, 'spam passes'); push @ids, $id }
    ok((send_as('shop', 'slow@later.example'))[0], 'and some waits') for 1 .. 5;
    ok((send_as('boss', 'slow@later.example'))[0], 'as does an invoice of another account');
    $box->wait_until('all in the ledger', 30, sub { my ($row) = $box->ledger('select count(*) as n from messages'); $row->{n} == 12 });
    my $now = $api->now;
    # As the provider tells them: without <>, in another case.
    $api->detect(address => '192.0.2.1', message_id => lc $_, destination => '203.0.113.7', score => 410, time => $now - 30)
        for @ids;
    $api->block(address => '192.0.2.1', seconds => 3600);
    $box->wait_until('suspended', 30, sub { grep { $_->{subject} eq "account:$shop" } suspended() });
    is_deeply([map { $_->{subject} } suspended()], ["account:$shop"], 'that account and no other');
    my ($taken, $transcript) = send_as('shop');
    ok(!$taken, 'its next message is refused');
    ok((send_as('boss'))[0], 'the other account sends');
    $box->wait_until('its queue on hold', 30, sub { holding('shop') == 5 });
    is(holding('boss'), 0, 'the invoice is not');
};

subtest 'what there is to do is told' => sub {
    my ($row) = map { decode_json($_) } split /\n/, outvet_as(0, 'incident', 'list', '--json');
    is($row->{address}, '192.0.2.1', 'the address');
    is($row->{phase}, 'open', 'open');
    my $seen = incident(1);
    is($seen->{detections}, 6, 'six messages');
    is($seen->{explained}, 6, 'all explained');
    my ($account) = @{ $seen->{accounts} };
    is($account->{account}, $shop, 'by the account');
    is($account->{detections}, 6, 'all of them');
    is($account->{after}{messages}, 12, 'with what else it sent and tried');
    my $text = outvet_as(0, 'incident', 'explain', 1);
    like($text, qr/1\. Stop sending .*done\n.*account:\Q$shop\E is suspended since/, 'step 1 is done');
    like($text, qr/2\. Look through the queue/, 'step 2');
    like($text, qr/3\. Explain the messages .*done\n\s+6 of account \Q$shop\E/, 'step 3 is done');
    like($text, qr/password was stolen/, 'the remedy');
    my @events = map { $_->{event} } @{ $seen->{events} };
    is($events[0], 'opened', 'the timeline begins');
    $box->wait_until('the queue in the timeline', 30, sub { grep { $_->{event} eq 'held' } @{ incident_quiet(1)->{events} } });
    my ($held) = grep { $_->{event} eq 'held' } @{ incident(1)->{events} };
    like($held->{text}, qr/^5 messages of account:\Q$shop\E in the queue of sandbox$/, 'it tells what is on hold');
    for my $event (qw(suspended detections)) { ok((grep { $_ eq $event } @events), "and tells $event") }
};

subtest 'no unblock while mail can flow' => sub {
    outvet_as(0, 'resume', "account:$shop", '--reason', 'too early');
    my $out = outvet_as(4, 'incident', 'unblock', 1);
    like($out, qr/account \Q$shop\E, which sent 6 of the messages, is not suspended\n\s+outvet suspend account:\Q$shop\E --queue/,
        'it says why, and the command for it');
    is($api->count('POST', qr/unblock/), 0, 'the provider is not asked');
    outvet_as(0, 'suspend', "account:$shop", '--queue', '--reason', 'incident 1');
};

subtest 'the time of the block is waited out, then it is unblocked' => sub {
    $box->wait_until('nothing stands in the way', 60, sub { !@{ incident_quiet(1)->{obstacles} } });
    outvet_as(0, 'incident', 'unblock', '--no-wait', '--reason', 'password changed', 1);
    wait_phase(1, 'asked');
    $box->wait_until('it waits', 30, sub { grep { $_->{event} eq 'still_blocked' } @{ incident_quiet(1)->{events} } });
    my ($still) = grep { $_->{event} eq 'still_blocked' } @{ incident(1)->{events} };
    like($still->{text}, qr/still blocked for 3[45]\d\d seconds/, 'told for how long');
    is($api->count('POST', qr/unblock/), 0, 'and the provider is not bothered before');
};

subtest 'a request that gets no answer is not sent again: the state is asked' => sub {
    # The request is taken, and no answer comes.
    $api->fault(kind => 'drop', match => 'unblock', times => 1);
    $api->advance(3600);
    wait_phase(1, 'unblocking');
    is($api->count('POST', qr/unblock/), 1, 'one request');
    is($api->state('192.0.2.1'), 'unblocking', 'which the provider works on');
};

subtest 'unblocked, and sending again step by step' => sub {
    $api->advance(700);
    wait_phase(1, 'easing');
    $box->wait_until('resumed', 30, sub { !suspended() });
    ok((send_as('shop', "ann\@outside.example"))[0], 'a first message') for 1 .. 2;
    my ($taken, $transcript) = send_as('shop');
    ok(!$taken, 'the third one in the hour waits');
    like($transcript, qr/4\d\d 4\.7\.1/, 'with a deferral');
    is(holding('shop'), 5, 'what was on hold stays there, to be looked through');
    ok((send_as('boss'))[0], 'the other account sends as before');
    my $seen = incident(1);
    my @events = map { $_->{event} } @{ $seen->{events} };
    for my $event (qw(sent unblocking unblocked eased)) { ok((grep { $_ eq $event } @events), "$event is told") }
};

subtest 'the next detection suspends it again' => sub {
    $api->detect(address => '192.0.2.1', message_id => $ids[0], destination => '203.0.113.7', score => 500);
    $api->block(address => '192.0.2.1', seconds => 7200) if $api->state('192.0.2.1') ne 'blockedForSpam';
    $box->wait_until('suspended again', 60, sub { grep { $_->{subject} eq "account:$shop" } suspended() });
    wait_phase(1, 'closed');
    wait_phase(2, 'open');
    like(outvet_as(0, 'incident', 'explain', 2), qr/before: incident 1, .* for 3600 s/, 'the block before is told');
};

subtest 'a block that ends by itself closes its incident, and leaves the account suspended' => sub {
    $api->forget(address => '192.0.2.1');
    wait_phase(2, 'closed');
    ok((grep { $_->{subject} eq "account:$shop" } suspended()), 'it stays suspended');
};

subtest 'forcing asks for the number, and is recorded' => sub {
    $api->block(address => '198.51.100.65', seconds => 1);
    $box->wait_until('a third incident', 60, sub { ($box->outvet('incident', 'show', 3))[0] == 0 });
    $api->advance(5);
    is(($box->run([ "$Sandbox::build/outvet", 'incident', 'unblock', '--config', "$box->{dir}/outvet.conf", '--force', 3 ], input => "2\n"))[0], 4,
        'another number is no yes');
    is($api->count('POST', qr/198\.51\.100\.65/), 0, 'nothing is asked');
    is(($box->run([ "$Sandbox::build/outvet", 'incident', 'unblock', '--config', "$box->{dir}/outvet.conf", '--force', '--no-wait', 3 ], input => "3\n"))[0], 0,
        'its number is');
    wait_phase(3, 'unblocking');
    ok((grep { $_->{event} eq 'forced' && $_->{operator} } @{ incident(3)->{events} }), 'and it is recorded, by name');
};

subtest 'a restart changes nothing, and the lease goes on' => sub {
    $box->stop_outvetd;
    $box->start_outvetd;
    $api->advance(700);
    wait_phase(3, 'easing');
    my ($status, $out) = $box->outvet('status', '--json');
    my $provider = decode_json($out)->{provider};
    is($provider->{state}, 'asking', 'it asks');
    is($provider->{provider}, 'ovh', 'whom');
    ok($provider->{last_success}, 'with success');
};

done_testing;

# Without a test of its own, for waiting.
sub incident_quiet { my (undef, $out) = $box->outvet('incident', 'show', '--json', $_[0]); return decode_json($out) }
