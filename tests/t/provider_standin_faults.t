#!/usr/bin/perl
# The stand-in of the OVH API misbehaves as it is told to, and in nothing else; and it speaks
# HTTP/1.1 with many clients at once.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use OvhApi;
use OvhCall qw(got raw);
use Test::More;
use Time::HiRes qw(time);

my $network = '/ip/192.0.2.0%2F28';
my $blocked = "$network/spam/192.0.2.1";
my $api = OvhApi->new(networks => ['192.0.2.0/28', '198.51.100.0/23'], tls => 1);

sub call { return OvhCall::call($api, @_) }

# An address that may be unblocked, and no faults.
sub begin {
    $api->no_faults;
    $api->forget(address => '192.0.2.1');
    $api->block(address => '192.0.2.1', seconds => 60, date => $api->now - 3600);
    return;
}

subtest 'pages of a proxy, and throttling, are answers to what was not taken' => sub {
    begin();
    for my $status (408, 500, 503) {
        $api->fault(kind => 'html', status => $status);
        my $answer = call('POST', "$blocked/unblock");
        is($answer->{status}, $status, "status $status");
        is($answer->{header}{'content-type'}, 'text/html', 'a page');
        like($answer->{content}, qr/^<html>/, 'of HTML');
    }
    $api->fault(kind => 'too_many', retry_after => 7);
    my $answer = call('POST', "$blocked/unblock");
    is_deeply([$answer->{status}, $answer->{header}{'retry-after'}, $answer->{json}{message}],
        [429, 7, 'Too many requests'], 'throttled');
    $api->fault(kind => 'too_many');
    $answer = call('POST', "$blocked/unblock");
    is_deeply([$answer->{status}, $answer->{header}{'retry-after'}], [429, undef], 'without a word on how long');
    $api->fault(kind => 'redirect', location => 'https://elsewhere.example/ip');
    $answer = call('POST', "$blocked/unblock");
    is_deeply([$answer->{status}, $answer->{header}{location}], [302, 'https://elsewhere.example/ip'], 'sent elsewhere');
    $api->fault(kind => 'reset');
    like(call('POST', "$blocked/unblock")->{content}, qr/reset by peer/i, 'reset');
    $api->fault(kind => 'answer', status => 200, body => 'what?', type => 'text/plain', headers => [['X-Odd', 'yes']]);
    $answer = call('POST', "$blocked/unblock");
    is_deeply([@$answer{qw(status content)}, @{ $answer->{header} }{qw(content-type x-odd)}],
        [200, 'what?', 'text/plain', 'yes'], 'any answer');
    is($api->state('192.0.2.1'), 'blockedForSpam', 'nothing was taken');
    is_deeply([map { $_->{check} } ($api->log)[-8 .. -1]], [('fault') x 8], 'says the log');
    is($api->last->{fault}, 'answer', 'and which it was');
};

subtest 'what was taken may get no answer, or half of one' => sub {
    my %seen = (
        cut => qr/Unexpected end of stream/,
        cut_json => qr/^\{"[^}]+\z/,
        drop => qr/Unexpected end of stream/,
        silent => qr/Timed out/,
    );
    for my $kind (sort keys %seen) {
        begin();
        $api->fault(kind => $kind);
        my $answer = call('POST', "$blocked/unblock", option => {timeout => $kind eq 'silent' ? 2 : 60});
        like($answer->{content}, $seen{$kind}, $kind);
        is($answer->{json}, undef, 'no JSON');
        is($api->state('192.0.2.1'), 'unblocking', 'but it was taken');
        is($api->last->{check}, 'ok', 'says the log');
    }
    begin();
    $api->fault(kind => 'late', seconds => 1.5);
    my $start = time;
    is(call('POST', "$blocked/unblock")->{json}{state}, 'unblocking', 'a late answer');
    cmp_ok(time - $start, '>=', 1.5, 'is late');
    $api->set(latency => 0.5);
    $start = time;
    is(call('GET', '/ip')->{status}, 200, 'latency of all');
    cmp_ok(time - $start, '>=', 0.5, 'is late');
    $api->set(latency => 0);
};

subtest 'a fault happens as often, as late and to what it is told' => sub {
    begin();
    $api->fault(kind => 'html', status => 500, match => '^GET .*/spam$', times => 2, skip => 1);
    is_deeply([map { call('GET', "$network/spam")->{status} } 1 .. 4], [200, 500, 500, 200], 'the second and third');
    $api->fault(kind => 'html', match => '/unblock');
    is(call('GET', $blocked)->{status}, 200, 'others are not met');
    $api->no_faults;
    is(call('POST', "$blocked/unblock")->{status}, 200, 'and none after no_faults');
    for my $wrong ({kind => 'flood'}, {kind => 'redirect'}) {
        ok(!eval { $api->fault(%$wrong); 1 }, "no $wrong->{kind}");
    }
    ok(!eval { $api->set(knob => 1); 1 }, 'no such knob');
    like($@, qr/^ovh-api: set: no knob knob$/, 'says why');
};

subtest 'huge and deep answers' => sub {
    begin();
    for my $scheme ('http', 'https') {
        my $octets = 0;
        my $http = OvhCall::http($api);
        $api->fault(kind => 'big', chunked => $scheme eq 'https' ? 1 : 0);
        my $answer = $http->get($api->url($scheme) . '/ip', {data_callback => sub { $octets += length $_[0] }});
        is($answer->{status}, 200, "100 MB by $scheme");
        cmp_ok($octets, '>=', 100_000_000, 'octets');
        is($answer->{headers}{'content-length'}, $scheme eq 'http' ? $octets : undef, 'length told, or not');
    }
    $api->fault(kind => 'deep');
    is(call('GET', '/ip')->{content}, ('[' x 10_000) . (']' x 10_000), '10,000 lists');
};

subtest 'answers of other shapes' => sub {
    begin();
    $api->detect(address => '192.0.2.1', message_id => 'a@sender.example');
    my $stats = sub { return call('GET', "$blocked/stats?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z")->{json} };
    is(ref $stats->()->[0]{detectedSpams}, 'ARRAY', 'periods');
    $api->set(stats => 'flat');
    is($stats->()->[0]{messageId}, 'a@sender.example', 'detections alone');
    $api->set(stats => 'object');
    is(ref $stats->(), 'HASH', 'one period');
    $api->set(stats => 'periods', null_detected => 1);
    ok(exists $stats->()->[0]{detectedSpams} && !defined $stats->()->[0]{detectedSpams}, 'null');
    $api->set(null_detected => 0, extra_fields => 1);
    ok(exists call('GET', $blocked)->{json}{novelty}, 'fields of no schema');
    $api->set(extra_fields => 0, chunked => 1);
    my $answer = call('GET', $blocked);
    is_deeply([$answer->{header}{'transfer-encoding'}, $answer->{json}{state}], ['chunked', 'blockedForSpam'], 'chunks');
    $api->set(chunked => 0, zone => '-09:30');
    like(call('GET', $blocked)->{json}{date}, qr/-09:30$/, 'another zone');
    $api->set(zone => 'Z');
    like(call('GET', $blocked)->{json}{date}, qr/\dZ$/, 'UTC');
    $api->set(zone => '+01:00');
    $api->block(address => '192.0.2.1', word => 'blockedForPhishing');
    is(call('GET', $blocked)->{json}{state}, 'blockedForPhishing', 'a state of no schema');
    is_deeply(call('GET', "$network/spam?state=blockedForSpam")->{json}, ['192.0.2.1'], 'listed as before');
    $api->set(errors => 'mixed');
    my @bodies = map { call('GET', '/ip', secret => 'x')->{json} } 1 .. 2;
    is_deeply([map { exists $_->{class} ? 'new' : 'old' } @bodies], ['old', 'new'], 'errors of both generations in turn');
    $api->set(errors => 'new');
    my @many = map { my $high = $_; map {"198.51.$high.$_"} 0 .. 249 } 100, 101;
    $api->block(address => \@many, seconds => 600);
    is_deeply(call('GET', '/ip/198.51.100.0%2F23/spam?state=blockedForSpam')->{json}, \@many,
        '500 addresses blocked, in order');
};

subtest 'so many calls a minute and no more' => sub {
    begin();
    $api->set(calls_per_minute => 5, retry_after => 30);
    my $time = $api->now;
    my @answers = map { call('GET', '/ip') } 1 .. 6;
    $api->advance(60);
    is_deeply([map { $_->{status} } @answers], [(200) x 5, 429], 'the sixth is refused');
    is($answers[5]{header}{'retry-after'}, 30, 'and told how long to wait');
    is($api->last->{check}, 'rate', 'says the log');
    is(call('GET', '/ip', time => $api->now)->{status}, 200, 'a minute later it passes');
    is(got($api, $api->url . '/auth/time')->{status}, 200, 'the time is free');
    $api->set(calls_per_minute => 0, retry_after => undef);
    $api->advance(-60);
};

sub connected {
    my ($scheme) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $api->{port}{$scheme}) // die "connect: $!";
}

subtest 'HTTP/1.1' => sub {
    begin();
    my $ask = "GET /1.0/auth/time HTTP/1.1\r\nHost: here\r\n";
    my @answers = raw($api, 'http', "$ask\r\n$ask\r\n${ask}Connection: close\r\n\r\n") =~ m{HTTP/1\.1 200}g;
    is(@answers, 3, 'three requests at once on one connection');
    like(raw($api, 'http', "GET /1.0/auth/time HTTP/1.0\r\nHost: here\r\n\r\n"), qr/^Connection: close\r$/m,
        'HTTP/1.0 ends');
    my $post = "POST /1.0/auth/credential HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nConnection: close\r\n"
        . 'X-Ovh-Application: ' . OvhApi::APPLICATION_KEY . "\r\n";
    my $body = '{"accessRules":[{"method":"GET","path":"/ip"}]}';
    like(raw($api, 'http', "${post}Transfer-Encoding: chunked\r\n\r\n5\r\n" . substr($body, 0, 5) . "\r\n"
                . sprintf("%x\r\n%s\r\n0\r\n\r\n", length($body) - 5, substr $body, 5)), qr/pendingValidation/,
                    'a body in chunks');
    is($api->last->{body}, $body, 'is put together');
    my $go_on = qr{^HTTP/1\.1 100 Continue\r\n\r\n\z};
    like(raw($api, 'http', "${post}Expect: 100-continue\r\nContent-Length: " . length($body) . "\r\n\r\n", $go_on),
        $go_on, 'a body that waits is asked for');
    my $asked = $api->last->{n};
    my $gone = connected('http');
    print {$gone} "$ask\r\n";
    close $gone;
    for (1 .. 600) {
        last if $api->last->{n} > $asked;
        select undef, undef, undef, 0.05;
    }
    is($api->count('GET', qr{^/1\.0/auth/time$}, $asked), 1,
        'what was asked is taken though nobody waits for the answer');
    my %wrong = (
        'no Host' => "GET /1.0/auth/time HTTP/1.1\r\n\r\n",
        'two lengths' => "${post}Content-Length: 0\r\nContent-Length: 2\r\n\r\n{}",
        'two signatures' => "${ask}X-Ovh-Signature: a\r\nX-Ovh-Signature: b\r\n\r\n",
        'a length that is none' => "${post}Content-Length: two\r\n\r\n{}",
        'a whole URL as target' => "GET http://here/1.0/auth/time HTTP/1.1\r\nHost: here\r\n\r\n",
        'a folded header line' => "${ask}X-A: b\r\n c\r\n\r\n",
        'a header without end' => $ask . 'X-A: ' . 'a' x 70_000,
    );
    like(raw($api, 'http', $wrong{$_}), qr{^HTTP/1\.1 400 }, $_) for sort keys %wrong;

    # Some that say nothing, some that wait for ever: others are served.
    my @idle = map { connected($_ % 2 ? 'http' : 'https') } 1 .. 40;
    $api->fault(kind => 'silent', times => 5);
    my $before = $api->last->{n};
    my @waiting = map { connected('http') } 1 .. 5;
    print {$_} "$ask\r\n" for @waiting;
    for (1 .. 600) {
        last if grep({ $_->{fault} } $api->log($before)) == 5;
        select undef, undef, undef, 0.05;
    }
    is(call('GET', '/ip', scheme => $_)->{status}, 200, "others are served by $_") for qw(http https);
    my $http = HTTP::Tiny->new(keep_alive => 1);
    $http->get($api->url . '/auth/time');
    my $handle = $http->{handle};
    $http->get($api->url . '/auth/time');
    is($http->{handle}, $handle, 'a connection is kept');
    undef @idle;
    undef @waiting;
    is(call('GET', '/ip')->{status}, 200, 'and all is well when they are gone');
};

subtest 'from a shell' => sub {
    my $dir = tempdir('outvet-ovh-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$dir/out";
        exec "$FindBin::Bin/../tools/ovh-api", '--port', 0, '--port-file', "$dir/port" or exit 127;
    }
    for (1 .. 600) {
        last if -s "$dir/port";
        select undef, undef, undef, 0.05;
    }
    open my $file, '<', "$dir/port" or BAIL_OUT('ovh-api does not serve');
    my ($port) = <$file> =~ /^http (\d+)$/;
    my $control = sub {
        my $answer = HTTP::Tiny->new->post("http://127.0.0.1:$port/_control", {content => $_[0]});
        return "$answer->{status} $answer->{content}";
    };
    is($control->('{"do":"network","block":"192.0.2.0/28"}'), qq(200 {"ok":null}\n), 'a network');
    is($control->('{"do":"block","address":"192.0.2.1","seconds":60}'), qq(200 {"ok":null}\n), 'a block');
    is($control->('{"do":"state","address":"192.0.2.1"}'), qq(200 {"ok":"blockedForSpam"}\n), 'its state');
    is($control->('{"do":"block","address":"203.0.113.1"}'),
        qq(400 {"error":"no network has the address 203.0.113.1"}\n), 'not of a network');
    like($control->('{"do":"jump"}'), qr/^400 .*there is no such verb; verbs: advance /, 'no such verb');
    like($control->('jump'), qr/^400 /, 'no JSON');
    is($control->('{"do":"stop"}'), qq(200 {"ok":null}\n), 'stop');
    is(waitpid($pid, 0), $pid, 'it ends');
    is($?, 0, 'well');
};

done_testing;
