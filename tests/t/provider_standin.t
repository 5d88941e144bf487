#!/usr/bin/perl
# The stand-in of the OVH API is as strict as the real one: every request that is wrong in one thing
# is refused by the check of that thing, with the status and the body that are known of it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Digest::SHA qw(sha1_hex);
use MIME::Base64 qw(encode_base64);
use OvhApi;
use OvhCall qw(got raw);
use Test::More;
use Time::HiRes qw(time);

my $network = '/ip/192.0.2.0%2F28';
my $blocked = "$network/spam/192.0.2.1";
my $api = OvhApi->new(networks => ['192.0.2.0/28', {block => '198.51.100.7/32', type => 'vps'}, '2001:db8::/64'],
    tls => 1);
sub call { return OvhCall::call($api, @_) }

# The check that refused the last request.
sub refused_by { return $api->last->{check} }

# Status, check and body of a call.
sub is_refused {
    my ($answer, $check, $status, $body, $name) = @_;
    is($answer->{status}, $status, "$name: status");
    is(refused_by(), $check, "$name: check");
    is_deeply($answer->{json}, $body, "$name: body") or diag $answer->{content};
    return;
}

sub class_of { my ($class, $message) = @_; return {class => "Client::$class", message => $message} }

# A network, one address blocked, and nothing else set.
sub begin {
    $api->set(errors => 'new', skew => 0, too_early_status => 400, unblocking_seconds => 120, repeated => 'same',
        calls_per_minute => 0);
    $api->forget(address => "192.0.2.$_") for 0 .. 15;
    $api->no_faults;
    return;
}

subtest 'a right request passes' => sub {
    begin();
    my $answer = call('GET', '/ip');
    is($answer->{status}, 200, 'status');
    is_deeply($answer->{json}, ['192.0.2.0/28', '198.51.100.7/32', '2001:db8::/64'], 'networks');
    like($answer->{header}{'x-ovh-queryid'}, qr/^EU\.ext-3\.[0-9a-f]{8}\.\d+\.[0-9a-f-]{36}$/, 'X-Ovh-QueryID');
    is($api->last->{query_id}, $answer->{header}{'x-ovh-queryid'}, 'which the log has');
    is(call('GET', '/ip', scheme => 'https')->{status}, 200, 'by TLS');
    is(call('GET', '/ip', url => $api->origin . '/v1/ip')->{status}, 200, 'as /v1');
    like(got($api, $api->url('expired') . '/auth/time')->{content}, qr/certificate verify failed/, 'expired certificate');
    like(got($api, $api->url('wrong_name') . '/auth/time')->{content}, qr/hostname verification failed/,
        'for another name');
};

subtest 'the time is told to anybody, as a number' => sub {
    begin();
    my $answer = got($api, $api->url . '/auth/time');
    like($answer->{content}, qr/^\d{10}$/, 'number');
    cmp_ok(abs($answer->{content} - time), '<', 30, 'of seconds');
    $api->set(skew => 7200);
    cmp_ok(abs(got($api, $api->url . '/auth/time')->{content} - time - 7200), '<', 30, 'by its own clock');
    is(call('GET', '/ip')->{json}{message}, 'Query out of time', 'which signatures must follow');
    is(call('GET', '/ip', time => 7200 + int time)->{status}, 200, 'and may');
};

# What the old bodies have besides, by message.
my %old = (
    'This application key is invalid' => {errorCode => 'INVALID_KEY', httpCode => '403 Forbidden'},
    'Query out of time' => {errorCode => 'QUERY_TIME_OUT', httpCode => '400 Bad Request'},
    'This credential does not exist' => {errorCode => 'NOT_CREDENTIAL', httpCode => '403 Forbidden'},
    'Invalid signature' => {errorCode => 'INVALID_SIGNATURE', httpCode => '400 Bad Request'},
    'This credential is not valid' => {errorCode => 'INVALID_CREDENTIAL', httpCode => '403 Forbidden'},
    'This call has not been granted' => {errorCode => 'NOT_GRANTED_CALL', httpCode => '403 Forbidden'},
);
# Name => [what is odd, check, status, message].
my @wrong = (
    ['no application key' => {header => {'X-Ovh-Application' => undef}}, 'login', 401, 'You must login first'],
    ['an unknown application key' => {key => 'AAAAAAAAAAAAAAAA'}, 'application', 403, 'This application key is invalid'],
    ['a time too early' => {time => int(time) - 3600}, 'clock', 400, 'Query out of time'],
    ['a time too late' => {time => int(time) + 3600}, 'clock', 400, 'Query out of time'],
    ['no time' => {header => {'X-Ovh-Timestamp' => undef}}, 'clock', 400, 'Query out of time'],
    ['an application key alone' => {header => {map { ("X-Ovh-$_" => undef) } qw(Timestamp Consumer Signature)}},
        'clock', 400, 'Query out of time'],
    ['a time that is no number' => {time => 'now'}, 'clock', 400, 'Query out of time'],
    ['an unknown consumer key' => {consumer => 'A' x 32}, 'credential', 403, 'This credential does not exist'],
    ['no consumer key' => {header => {'X-Ovh-Consumer' => undef}}, 'credential', 403, 'This credential does not exist'],
    ['the consumer key of another application' => {consumer => 'OTHERS'}, 'credential', 403,
        'This credential does not exist'],
    ['another secret' => {secret => 'x' x 32}, 'signature', 400, 'Invalid signature'],
    ['no signature' => {header => {'X-Ovh-Signature' => undef}}, 'signature', 400, 'Invalid signature'],
    ['a signature in upper case' => {upper => 1}, 'signature', 400, 'Invalid signature'],
    ['another body than signed' => {body => '{}', sent => '{ }'}, 'signature', 400, 'Invalid signature'],
    ['a consumer key that nobody validated' => {consumer => 'PENDING'}, 'state', 403, 'This credential is not valid'],
    ['one that was refused' => {consumer => 'REFUSED'}, 'state', 403, 'This credential is not valid'],
    ['one that expired' => {consumer => 'EXPIRED'}, 'state', 403, 'This credential is not valid'],
    ['one for another address' => {consumer => 'ELSEWHERE'}, 'origin', 403,
        'This credential is not valid from this address'],
    ['one without a rule for it' => {consumer => 'FEW'}, 'rules', 403, 'This call has not been granted'],
    ['one whose rule ends in a blank' => {consumer => 'BLANK'}, 'rules', 403, 'This call has not been granted'],
);
my %class = (400 => 'BadRequest', 401 => 'Unauthorized', 403 => 'Forbidden', 404 => 'NotFound', 409 => 'Conflict');

subtest 'each check refuses what is wrong in it, in both generations of bodies' => sub {
    begin();
    $api->application(key => 'OTHERAPPLICATION', secret => 's');
    $api->credential(key => 'OTHERS', application => 'OTHERAPPLICATION');
    $api->credential(key => $_->[0], application => OvhApi::APPLICATION_KEY, %{ $_->[1] }) for
        [PENDING => {state => 'pendingValidation'}], [REFUSED => {state => 'refused'}], [EXPIRED => {state => 'expired'}],
        [ELSEWHERE => {allowed_ips => ['203.0.113.5']}], [FEW => {rules => [['GET', '/ip/*'], ['POST', '/ip']]}],
        [BLANK => {rules => [['GET', '/ip ']]}], [ANY => {rules => [['GET', '/*']], allowed_ips => ['127.0.0.1']}];
    for my $case (@wrong) {
        my ($name, $odd, $check, $status, $message) = @$case;
        my %odd = %$odd;
        my $time = int time;
        $odd{signature} = '$1$' . uc sha1_hex(join '+', OvhApi::APPLICATION_SECRET, OvhApi::CONSUMER_KEY, 'GET',
            $api->url . '/ip', '', $odd{time} = $time) if delete $odd{upper};
        $api->set(errors => 'new');
        is_refused(call('GET', '/ip', %odd), $check, $status, class_of($class{$status}, $message), $name);
        $api->set(errors => 'old');
        is_refused(call('GET', '/ip', %odd), $check, $status, {message => $message, %{ $old{$message} // {} }},
            "$name, old");
    }
    $api->set(window => 7200);
    is(call('GET', '/ip', time => int(time) + $_)->{status}, 200, 'a wider window lets the time pass') for -3600, 3600;
    $api->set(window => 180);
    is(call('GET', '/ip', consumer => 'ANY')->{status}, 200, 'a rule /* and this address: passes');
    is(call('GET', '/ip/192.0.2.0%2F28', consumer => 'FEW')->{status}, 200, '/ip/* grants an encoded network');
    $api->credential(key => 'FEW', rules => [['GET', '/ip/*/spam']]);
    is(call('GET', "$network/spam", consumer => 'FEW')->{status}, 200, 'a * in the middle');
    is(call('GET', $blocked, consumer => 'FEW')->{status}, 403, 'grants no more than it says');
    $api->credential(key => 'FEW', rules => [['GET', '/ip/*'], ['POST', '/ip']]);
};

subtest 'the checks come in the order of the real API' => sub {
    begin();
    # Wrong in all from one point on; the first wrong is told.
    my @steps = (
        [route => {}, '/nothing'],
        [login => {header => {'X-Ovh-Application' => undef}}],
        [application => {key => 'A' x 16}],
        [clock => {time => 1}],
        [credential => {consumer => 'A' x 32}],
        [signature => {consumer => 'PENDING', signature => '$1$' . '0' x 40}],
        [state => {consumer => 'PENDING'}],
        [rules => {consumer => 'FEW'}, '/me/notification/email/history?x=y'],
        [parameters => {}, '/ip/nonsense?x=y'],
        [object => {}, '/ip/203.0.113.0%2F28'],
    );
    my %odd;
    my $path = '/nothing';
    for my $step (reverse @steps) {
        my ($check, $more, $at) = @$step;
        $path = $at if $at;
        %odd = (%odd, %$more);
        call('GET', $path, %odd);
        is(refused_by(), $check, $check);
        delete $odd{signature} if $check eq 'signature';
    }
};

subtest 'what is signed is the URL as it is sent' => sub {
    begin();
    my $sent = $api->url . "$network/spam?state=blockedForSpam";
    my %signed = (
        'without its query' => $sent =~ s/\?.*//r,
        'with the network decoded' => $sent =~ s/%2F/\//r,
        'with %2f for %2F' => $sent =~ s/%2F/%2f/r,
        'with another host' => $sent =~ s/127\.0\.0\.1/localhost/r,
        'without the port' => $sent =~ s/127\.0\.0\.1:\d+/127.0.0.1/r,
        'as https' => $sent =~ s/^http/https/r,
        'as /v1' => $sent =~ s{/1\.0/}{/v1/}r,
    );
    for my $name (sort keys %signed) {
        is_refused(call('GET', '', url => $signed{$name}, url_sent => $sent), 'signature', 400,
            class_of(BadRequest => 'Invalid signature'), "signed $name");
    }
    is(call('GET', '', url => $sent =~ s/%2F/%2f/r)->{status}, 200, '%2f sent and signed passes');
    is(call('GET', '/ip/2001:db8::%2F64/spam')->{status}, 200, 'colons as they are');
    is(call('GET', '/ip/2001%3Adb8%3A%3A%2F64/spam')->{status}, 200, 'and as %3A');
    is_deeply(call('GET', '/ip/2001:db8::%2F64/spam')->{json}, [], 'IPv6 has no addresses blocked for spam');
};

subtest 'published signatures are right, and nothing near them' => sub {
    begin();
    my @all = map { [$_, '/*'] } qw(GET POST PUT DELETE);
    my @keys_a = (OvhApi::APPLICATION_SECRET, OvhApi::CONSUMER_KEY);
    $api->application(key => 'OF_B', secret => 'APPLICATION_SECRET');
    $api->application(key => 'OF_C', secret => 'AS');
    $api->credential(key => OvhApi::CONSUMER_KEY, application => OvhApi::APPLICATION_KEY, rules => \@all);
    $api->credential(key => 'CONSUMER_KEY', application => 'OF_B', rules => \@all);
    $api->credential(key => 'CK', application => 'OF_C', rules => \@all);
    my %set = (A => [1457018875, OvhApi::APPLICATION_KEY, OvhApi::CONSUMER_KEY],
        B => [1566485767, 'OF_B', 'CONSUMER_KEY'],
        C => [1700000000, 'OF_C', 'CK']);
    open my $file, '<:raw', "$FindBin::Bin/../data/ovh-signatures" or die "ovh-signatures: $!\n";
    my $n = 0;
    while (<$file>) {
        next if /^(?:#|$)/;
        chomp;
        my ($set, $method, $url, $signature, $body) = split ' ', $_, 5;
        $body //= '';
        my ($scheme, $host, $target) = $url =~ m{^(https?)://([^/]+)(/.*)$} or die "not a URL: $url\n";
        my ($time, $application, $consumer) = @{ $set{$set} };
        $api->clock($time);
        $api->route($method, $target =~ s/\?.*//r);
        my $ask = sub {
            my ($shown) = @_;
            return raw($api, $scheme, "$method $target HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n"
                . "X-Ovh-Application: $application\r\nX-Ovh-Consumer: $consumer\r\nX-Ovh-Timestamp: $time\r\n"
                . "X-Ovh-Signature: \$1\$$shown\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
        };
        like($ask->($signature), qr{^HTTP/1\.1 200 .*\r\n\r\nnull\z}s, "$set $method $url $body");
        like($ask->($signature =~ s/(.)\z/$1 eq '0' ? 1 : 0/er), qr{^HTTP/1\.1 400 .*Invalid signature}s,
            'another is none');
        $n++;
    }
    cmp_ok($n, '>=', 30, 'signatures');
    $api->no_routes;
    $api->credential(key => OvhApi::CONSUMER_KEY, application => OvhApi::APPLICATION_KEY,
        rules => [['GET', '/*'], ['POST', '/ip/*'], ['POST', '/auth/logout']]);
};

subtest 'a token opens what its account may do, for as long as it lives' => sub {
    begin();
    my $ask = sub {
        my ($form, %header) = @_;
        return OvhCall::told(OvhCall::http($api)->post($api->token_url('https'),
            {content => $form, headers => {'Content-Type' => 'application/x-www-form-urlencoded', %header}}));
    };
    my ($id, $secret) = (OvhApi::CLIENT_ID, OvhApi::CLIENT_SECRET);
    my $form = "grant_type=client_credentials&client_id=$id&client_secret=$secret&scope=all";
    my $told = $ask->($form)->{json};
    is_deeply([@$told{qw(token_type expires_in scope)}], ['Bearer', 3599, 'all'], 'a token');
    my $basic = $ask->('grant_type=client_credentials', Authorization => 'Basic ' . encode_base64("$id:$secret", ''));
    is($basic->{status}, 200, 'by Basic as well');
    for my $case (
        ['an unknown client', $form =~ s/client_id=/client_id=x/r,
            {error => 'invalid_client', error_description => 'ovhcloud oauth2 client does not exists'}],
        ['a wrong secret', $form =~ s/client_secret=/client_secret=x/r,
            {error => 'invalid_client_credentials', error_description => 'client secret invalid'}],
        ['another grant', $form =~ s/client_credentials/password/r, {error => 'unsupported_grant_type'}],
    ) {
        is_refused($ask->($case->[1]), 'client', 400, $case->[2], $case->[0]);
    }
    is_refused($ask->('{}', 'Content-Type' => 'application/json'), 'client', 400, {error => 'invalid_request'},
        'JSON in place of a form');
    my %bearer = (Authorization => "Bearer $told->{access_token}");
    is(got($api, $api->url . '/ip', %bearer)->{status}, 200, 'a call');
    for my $wrong ("Bearer x$told->{access_token}", $told->{access_token}, "bearer $told->{access_token}", 'Bearer') {
        is_refused(got($api, $api->url . '/ip', Authorization => $wrong), 'token', 401,
            class_of(Unauthorized => 'Invalid access token'), 'no such token');
    }
    is_refused(call('GET', '/ip', header => {Authorization => 'Bearer x'}), 'token', 401,
        class_of(Unauthorized => 'Invalid access token'), 'a signature does not help a wrong token');
    $api->client(id => $id, secret => $secret, actions => ['ip:apiovh:spam/get']);
    is_refused(got($api, $api->url . '/ip', %bearer), 'rules', 403,
        {%{ class_of(Forbidden => 'User not granted for this request') },
            details => {unauthorizedActionsByAuthentication => '', unauthorizedActionsByIAM => 'ip:apiovh:get'}},
        'without the right');
    $api->client(id => $id, secret => $secret);
    $api->advance(3599);
    is_refused(got($api, $api->url . '/ip', %bearer), 'token', 401,
        class_of(Unauthorized => 'Access token is expired'), 'expired');
    $api->advance(-3599);
};

subtest 'a new key waits for a person, and ends by logout' => sub {
    begin();
    my $ask = sub {
        my ($body, %header) = @_;
        return OvhCall::told(OvhCall::http($api)->post($api->url . '/auth/credential',
            {content => $body, headers => {'Content-Type' => 'application/json',
                'X-Ovh-Application' => OvhApi::APPLICATION_KEY, %header}}));
    };
    is_refused($ask->('{}'), 'parameters', 400, class_of(BadRequest => '[accessRules] Missing parameter'),
        'without rules');
    is_refused($ask->('{}', 'X-Ovh-Application' => 'A' x 16), 'application', 403,
        class_of(Forbidden => 'This application key is invalid'), 'of no application');
    my $new = $ask->('{"accessRules":[{"method":"GET","path":"/auth/currentCredential"},{"method":"POST","path":"/auth/logout"}]}')->{json};
    is($new->{state}, 'pendingValidation', 'asked for');
    like($new->{validationUrl}, qr{^https://eu\.api\.ovh\.com/auth/\?credentialToken=\w{64}$}, 'where to go');
    my %own = (consumer => $new->{consumerKey});
    is(call('GET', '/auth/currentCredential', %own)->{json}{message}, 'This credential is not valid', 'not before');
    $api->credential(key => $new->{consumerKey}, state => 'validated');
    my $current = call('GET', '/auth/currentCredential', %own)->{json};
    is_deeply([@$current{qw(status allowedIPs rules)}], ['validated', undef,
        [{method => 'GET', path => '/auth/currentCredential'}, {method => 'POST', path => '/auth/logout'}]],
        'after it tells of itself');
    is(call('GET', '/auth/details')->{json}{method}, 'account', 'GET /auth/details');
    is(call('POST', '/auth/logout', %own)->{content}, 'null', 'logout');
    is(call('GET', '/auth/currentCredential', %own)->{json}{message}, 'This credential is not valid', 'not any more');
};

subtest 'parameters are checked, then objects, then the service' => sub {
    begin();
    $api->network(block => '203.0.113.7/32', state => 'expired', listed => 0);
    $api->network(block => '203.0.113.8/32', state => 'foreign', listed => 0);
    $api->block(address => $_) for qw(203.0.113.7 203.0.113.8 192.0.2.1);
    my $window = 'from=2026-01-01T00%3A00%3A00%2B01%3A00&to=2026-02-01T00:00:00Z';
    my $type = sub { my ($name, $value, $kind) = @_; return "[$name] Given data ($value) is not valid for type $kind" };
    for my $case (
        ['an unencoded slash', '/ip/192.0.2.0/28/spam', 'route', 404, 'Got an invalid (or empty) URL'],
        ['an empty network', '/ip//spam', 'route', 404, 'Got an invalid (or empty) URL'],
        ['a slash too many', '/ip/', 'route', 404, 'Got an invalid (or empty) URL'],
        ['a network that is none', '/ip/here%2F28/spam', 'parameters', 400, $type->('ip', 'here/28', 'ipBlock')],
        ['a network encoded twice', '/ip/192.0.2.0%252F28/spam', 'parameters', 400,
            $type->('ip', '192.0.2.0%2F28', 'ipBlock')],
        ['a network too small', '/ip/192.0.2.0%2F33/spam', 'parameters', 400, $type->('ip', '192.0.2.0/33', 'ipBlock')],
        ['an address of IPv6', '/ip/2001:db8::%2F64/spam/2001:db8::1', 'parameters', 400,
            $type->('ipSpamming', '2001:db8::1', 'ipv4')],
        ['an unknown state', "$network/spam?state=blocked", 'parameters', 400,
            $type->('state', 'blocked', 'ip.SpamStateEnum')],
        ['an unknown type', '/ip?type=house', 'parameters', 400, $type->('type', 'house', 'ip.IpTypeEnum')],
        ['an unknown parameter', '/ip?kind=vps', 'parameters', 400, '[kind] Unknown parameter'],
        ['no from', "$blocked/stats?to=2026-02-01T00:00:00Z", 'parameters', 400, '[from] Missing parameter'],
        ['no to', "$blocked/stats?from=2026-02-01T00:00:00Z", 'parameters', 400, '[to] Missing parameter'],
        ['a + that is a blank', "$blocked/stats?from=2026-01-01T00:00:00+01:00&to=2026-02-01T00:00:00Z",
            'parameters', 400,
            $type->('from', '2026-01-01T00:00:00 01:00', 'datetime')],
        ['the 30th of February', "$blocked/stats?from=2026-02-30T00:00:00Z&to=2026-03-01T00:00:00Z", 'parameters', 400,
            $type->('from', '2026-02-30T00:00:00Z', 'datetime')],
        ['a time without zone', "$blocked/stats?from=2026-01-01T00:00:00&to=2026-02-01T00:00:00Z", 'parameters', 400,
            $type->('from', '2026-01-01T00:00:00', 'datetime')],
        ['a time in seconds', "$blocked/stats?from=1700000000&to=1800000000", 'parameters', 400,
            $type->('from', '1700000000', 'datetime')],
        ['a network of nobody', '/ip/203.0.113.0%2F28/spam', 'object', 404, 'This service does not exist'],
        ['a network of another', '/ip/203.0.113.8%2F32/spam', 'object', 404, 'This service does not exist'],
        ['an address never blocked', "$network/spam/192.0.2.2", 'object', 404,
            'The requested object (ipSpamming = 192.0.2.2) does not exist'],
        ['an address of another network', "/ip/198.51.100.7%2F32/spam/192.0.2.1/stats?$window", 'object', 404,
            'The requested object (ipSpamming = 192.0.2.1) does not exist'],
        ['a mail that is none', '/me/notification/email/history/1', 'object', 404,
            'The requested object (id = 1) does not exist'],
    ) {
        my ($name, $path, $check, $status, $message) = @$case;
        is_refused(call('GET', $path), $check, $status, class_of($class{$status}, $message), $name);
    }
    is_refused(call('GET', '', url => $api->origin . '/v2/ip'), 'route', 404,
        class_of(NotFound => 'Got an invalid (or empty) URL'),
        'a version without the route');
    is_refused(call('GET', '/ip/203.0.113.7%2F32/spam'), 'service', 460, {message => 'This Service is expired'},
        'an expired network');
    is_refused(call('POST', '/ip/203.0.113.7%2F32/spam/203.0.113.7/unblock'), 'service', 460,
        {message => 'This Service is expired'}, 'unblock in an expired network');
    is_refused(call('GET', "$blocked/unblock"), 'route', 404, class_of(NotFound => 'Got an invalid (or empty) URL'),
        'unblock by GET');
    for my $body ('{', '[]', '{"a":"b\/c"}') {
        is_refused(call('POST', "$blocked/unblock", body => $body), 'parameters', 400,
            class_of(BadRequest => "The input that you provided isn't valid JSON or not well formatted"), "body $body");
    }
    is_refused(call('POST', "$blocked/unblock", body => '{}', header => {'Content-Type' => 'text/plain'}),
        'parameters', 400,
        class_of(BadRequest => "The input that you provided isn't valid JSON or not well formatted"),
            'JSON that says it is text');
    is(call('GET', "$blocked/stats?$window")->{status}, 200, 'right ones pass');
    is_deeply(call('GET', '/ip?type=vps')->{json}, ['198.51.100.7/32'], 'networks of a type');
    is_deeply(call('GET', '/ip?version=6')->{json}, ['2001:db8::/64'], 'of a version');
    is_deeply(call('GET', '/ip?ip=192.0.2.3')->{json}, ['192.0.2.0/28'], 'that contain an address');
};

subtest 'an address is blocked, released on request after its time, and blocked again' => sub {
    begin();
    $api->detect(address => '192.0.2.1', message_id => '1@sender.example', destination => '198.51.100.9',
        score => 500, time => 1_700_000_000);
    $api->detect(address => '192.0.2.1', message_id => '', score => 301);
    is($api->state('192.0.2.1'), 'none', 'detections alone block nothing');
    is_deeply(call('GET', "$network/spam")->{json}, [], 'nothing is listed');
    my $start = $api->now;
    $api->block(address => '192.0.2.1', seconds => 3600, total => 141, spams => 124);
    my $block = call('GET', $blocked)->{json};
    is_deeply([@$block{qw(ipSpamming state time)}], ['192.0.2.1', 'blockedForSpam', 3600], 'blocked');
    like($block->{date}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00$/, 'date');
    my $early = call('POST', "$blocked/unblock")->{json}{message};
    ($early) = $early =~ /^This IP address is still blocked for (\d+) seconds$/;
    cmp_ok(abs(3600 - $early), '<', 30, 'too early to unblock');
    is(refused_by(), 'business', 'says the last check');
    $api->set(too_early_status => 403);
    is(call('POST', "$blocked/unblock", body => '{}')->{status}, 403, 'by whatever status');
    my $stats = call('GET', "$blocked/stats?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z")->{json};
    is(@$stats, 1, 'one report');
    my ($timestamp, $detected) = (delete $stats->[0]{timestamp}, delete $stats->[0]{detectedSpams});
    cmp_ok($timestamp - $start, '<', 30, 'of now');
    is_deeply($stats, [{total => 141, numberOfSpams => 124, averageSpamscore => 400}], 'with its numbers');
    is_deeply($detected->[0], {date => 1_700_000_000, destinationIp => '198.51.100.9',
        messageId => '1@sender.example', spamscore => 500}, 'and detections');
    is($detected->[1]{messageId}, '', 'one of them without a Message-ID');
    is_deeply(call('GET', "$blocked/stats?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z")->{json}, [],
        'none of an earlier time');
    is_deeply(call('GET', "$blocked/stats?from=2039-01-01T00:00:00Z&to=2040-01-01T00:00:00Z")->{json}, [],
        'none of a later one');

    $api->advance(3600);
    my $now = $api->now;
    my $free = call('POST', "$blocked/unblock", time => $now);
    is($free->{status}, 200, 'after the time it is taken');
    is($free->{json}{state}, 'unblocking', 'and takes a while');
    is_deeply(call('GET', "$network/spam?state=unblocking", time => $now)->{json}, ['192.0.2.1'], 'listed so');
    is_deeply(call('GET', "$network/spam?state=blockedForSpam", time => $now)->{json}, [], 'and not as blocked');
    is(call('POST', "$blocked/unblock", time => $now)->{json}{state}, 'unblocking', 'again changes nothing');
    $api->advance(120);
    $now = $api->now;
    is_deeply([@{ call('GET', $blocked, time => $now)->{json} }{qw(state time)}], ['unblocked', 0],
        'then it is unblocked');
    is_deeply(call('GET', "$network/spam", time => $now)->{json}, ['192.0.2.1'], 'and still listed without a state');
    $api->set(repeated => 409);
    is_refused(call('POST', "$blocked/unblock", time => $now), 'business', 409,
        class_of(Conflict => 'This IP address is not blocked'), 'a second time');

    $api->detect(address => '192.0.2.1', message_id => '3@sender.example');
    is_deeply([@{ call('GET', $blocked, time => $now)->{json} }{qw(state time)}], ['blockedForSpam', 7200],
        'more spam blocks it for twice as long');
    is(@{ call('GET', "$blocked/stats?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z", time => $now)->{json} },
        2, 'with a report more');
    is($api->state('192.0.2.2'), 'none', 'another address is left alone');
    $api->advance(-3720);
};

done_testing;
