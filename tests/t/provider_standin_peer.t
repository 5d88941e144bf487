#!/usr/bin/perl
# The official client of the OVH API, for Node, gets along with the stand-in through all routes that
# Outvet uses.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use OvhApi;
use OvhNode;
use Test::More;

if (my $missing = OvhNode::missing()) { plan skip_all => $missing }

my $network = '/ip/192.0.2.0%2F28';
my $blocked = "$network/spam/192.0.2.1";
my $api = OvhApi->new(networks => ['192.0.2.0/28', {block => '198.51.100.7/32', type => 'vps'}, '2001:db8::/64'],
    tls => 1);

subtest 'by application key' => sub {
    $api->forget(address => "192.0.2.$_") for 1 .. 2;
    $api->detect(address => '192.0.2.1', message_id => '1@sender.example');
    $api->block(address => '192.0.2.1', seconds => 60, date => $api->now - 100);
    $api->block(address => '192.0.2.2', seconds => 3600);
    my $mail = $api->notify(subject => 'Your server', body => "d\x{e9}tect\x{e9}");
    $api->set(skew => 5000, void => 'empty');
    my %keys = (appKey => OvhApi::APPLICATION_KEY, appSecret => OvhApi::APPLICATION_SECRET);
    my $client = {%keys, consumerKey => OvhApi::CONSUMER_KEY};
    my @period = (from => '2020-01-01T00:00:00+01:00', to => '2040-01-01T00:00:00Z');
    my $new = {%keys, consumerKey => undef};
    my @answers = OvhNode::calls($api->{dir}, $api->{port}{https}, $api->ca,
        map { {client => $_->[0], method => $_->[1], path => $_->[2], params => $_->[3] // {}} }
            [$client, 'GET', '/auth/time'],
            [$client, 'GET', '/ip', {type => 'dedicated'}],
            [$client, 'GET', '/v1/ip'],
            [$client, 'GET', $network],
            [$client, 'GET', "$network/spam", {state => 'blockedForSpam'}],
            [$client, 'GET', '/ip/2001%3Adb8%3A%3A%2F64/spam'],
            [$client, 'GET', $blocked],
            [$client, 'GET', "$blocked/stats", {@period}],
            [$client, 'POST', "$network/spam/192.0.2.2/unblock"],
            [$client, 'POST', "$blocked/unblock"],
            [$client, 'GET', '/me/notification/email/history'],
            [$client, 'GET', "/me/notification/email/history/$mail"],
            [$client, 'GET', '/ip/192.0.2.0/28/spam'],
            [{%$client, appSecret => 'x' x 32}, 'GET', '/ip'],
            [$new, 'POST', '/auth/credential', {accessRules => [{method => 'GET', path => '/ip/*'}],
                redirection => "https://h\x{f6}st.example/"}],
            # It leaves every path with /auth unsigned.
            [$client, 'GET', '/auth/currentCredential']);
    like($answers[0]{ok}, qr/^\d{10}$/, 'GET /auth/time');
    is_deeply($answers[1]{ok}, ['192.0.2.0/28', '2001:db8::/64'], 'GET /ip?type=dedicated');
    is_deeply($answers[2]{ok}, ['192.0.2.0/28', '198.51.100.7/32', '2001:db8::/64'], 'GET /v1/ip');
    is_deeply([@{ $answers[3]{ok} }{qw(ip type version)}], ['192.0.2.0/28', 'dedicated', 4], 'GET /ip/{ip}');
    is_deeply($answers[4]{ok}, ['192.0.2.1', '192.0.2.2'], 'GET .../spam?state=');
    is_deeply($answers[5]{ok}, [], 'GET .../spam of IPv6');
    is($answers[6]{ok}{state}, 'blockedForSpam', 'GET .../spam/{ipSpamming}');
    is($answers[7]{ok}[0]{detectedSpams}[0]{messageId}, '1@sender.example', 'GET .../stats');
    like($answers[8]{message}, qr/^This IP address is still blocked for 3\d\d\d seconds$/, 'POST .../unblock too early');
    is($answers[8]{error}, 400, 'refused');
    is($answers[9]{ok}{state}, 'unblocking', 'POST .../unblock in time');
    is_deeply($answers[10]{ok}, [$mail], 'GET /me/notification/email/history');
    is($answers[11]{ok}{body}, "d\x{e9}tect\x{e9}", 'GET /me/notification/email/history/{id}');
    is($answers[12]{error}, 404, 'a slash as it is');
    is_deeply($answers[13], {error => 400, message => 'Invalid signature'}, 'another secret');
    is($answers[14]{ok}{state}, 'pendingValidation', 'POST /auth/credential');
    is($answers[15]{message}, 'Query out of time', 'GET /auth/currentCredential, unsigned');
    is($api->count('POST', qr{/unblock$}), 2, 'two requests to unblock');

    my $asked = {%keys, consumerKey => $answers[14]{ok}{consumerKey}};
    my $call = sub { return (OvhNode::calls($api->{dir}, $api->{port}{https}, $api->ca,
        {client => $asked, method => 'GET', path => $_[0], params => {}}))[0] };
    is($call->($network)->{message}, 'This credential is not valid', 'the new key is not validated yet');
    $api->credential(key => $asked->{consumerKey}, state => 'validated');
    is($call->($network)->{ok}{ip}, '192.0.2.0/28', 'then it is');
    is($call->('/ip')->{message}, 'This call has not been granted', 'for what was asked alone');
    $api->set(void => 'null');
};

subtest 'as a service account' => sub {
    $api->forget(address => "192.0.2.$_") for 1 .. 2;
    $api->block(address => '192.0.2.1', seconds => 60, date => $api->now - 100);
    $api->client(id => 'EU.few', secret => 'few', actions => ['ip:apiovh:get', 'ip:apiovh:spam/*']);
    my $client = sub {
        my ($id, $secret) = @_;
        return {host => 'eu.api.ovh.com', tokenURL => $api->origin('https') . '/auth/', clientID => $id,
            clientSecret => $secret};
    };
    my ($full, $few) = ($client->(OvhApi::CLIENT_ID, OvhApi::CLIENT_SECRET), $client->('EU.few', 'few'));
    my $calls = sub {
        return OvhNode::calls($api->{dir}, $api->{port}{https}, $api->ca,
            map { {client => $_->[0], method => $_->[1], path => $_->[2], params => {}} } @_);
    };
    my $before = $api->last->{n};
    my @answers = $calls->([$full, 'GET', '/v1/ip'], [$full, 'GET', '/auth/details'], [$full, 'POST', "$blocked/unblock"],
        [$few, 'GET', "$network/spam"], [$few, 'GET', '/me/notification/email/history'],
        [$client->('EU.unknown', 'x'), 'GET', '/ip'], [$client->(OvhApi::CLIENT_ID, 'x'), 'GET', '/ip']);
    is_deeply($answers[0]{ok}, ['192.0.2.0/28', '198.51.100.7/32', '2001:db8::/64'], 'GET /ip');
    is($api->count('POST', qr{^/auth/oauth2/token$}, $before), 4, 'a token for each client');
    is($answers[1]{ok}{method}, 'oauth2_client_credentials', 'GET /auth/details');
    is($answers[2]{ok}{state}, 'unblocking', 'POST .../unblock');
    is_deeply($answers[3]{ok}, ['192.0.2.1'], 'GET .../spam with few rights');
    is_deeply($answers[4], {error => 403, message => 'User not granted for this request'}, 'what they lack');
    is($answers[5]{error}{message}{error}, 'invalid_client', 'unknown client');
    is($answers[6]{error}{message}{error}, 'invalid_client_credentials', 'another secret');
    $api->set(token_lifetime => 1);
    $before = $api->last->{n};
    is_deeply([map { ref $_->{ok} } $calls->([$full, 'GET', '/ip'], [$full, 'GET', '/ip'])], ['ARRAY', 'ARRAY'],
        'short tokens');
    is($api->count('POST', qr{^/auth/oauth2/token$}, $before), 2, 'are asked for anew');
    $api->set(token_lifetime => 3599);
};

done_testing;
