#!/usr/bin/perl
# outvet provider against the stand-in of OVH's API: what works and what is missing, the login, the
# blocks, certificates, and that no secret is ever shown.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use OvhApi;
use POSIX ();
use Sandbox;
use Test::More;

my $box = Sandbox->new(no_postfix => 1);
my $api = OvhApi->new(tls => 1, networks => ['192.0.2.0/28', '2001:db8::/56', '198.51.100.8/32']);
my $file = "$box->{dir}/ovh.conf";
my @secrets = (OvhApi::APPLICATION_SECRET, OvhApi::CONSUMER_KEY, OvhApi::CLIENT_SECRET);
my $said = '';

# Settings with these credentials.
sub set_up {
    my ($conf, $more) = @_;
    Sandbox::spew($file, $conf, 0600);
    $box->write_settings("[provider]\nkind = ovh\ncredentials = $file\ncalls = 60000\n" . ($more // ''));
    $api->clear_log;
    return;
}

# Runs a command of `outvet provider`, in the words before it.
sub provider_in {
    my ($before, @words) = @_;
    my ($code, $out, $err) = $box->run([@$before, "$Sandbox::build/outvet", 'provider', $words[0], '--config',
        "$box->{dir}/outvet.conf", @words[1 .. $#words]]);
    $said .= $out . $err;
    return ($code, $out, $err);
}
sub provider { return provider_in([], @_) }

sub rows { return map { decode_json($_) } split /\n/, $_[0] }

subtest 'without a provider it says so' => sub {
    $box->write_settings('');
    for my $word (qw(check networks blocks)) {
        my ($code, $out, $err) = provider($word);
        is($code, 78, "$word: exit code");
        is($out, '', 'nothing');
        like($err, qr/^outvet: \[provider\] kind is none: outvet-provider\(1\)/, 'why');
    }
};

subtest 'check tells that all works' => sub {
    for my $kind (0, 1) {
        for my $errors (qw(old new)) {
            $api->set(errors => $errors);
            set_up($api->conf(oauth2 => $kind));
            my ($code, $out, $err) = provider('check');
            is($code, 0, 'exit code') or diag $out . $err;
            unlike($out, qr/FAILS/, 'all is well');
            like($out, qr/^ok    GET \/ip: the networks\n      2 IPv4 networks$/m, 'networks');
            is($api->count(POST => qr/unblock/), 0, 'nothing was asked to be done');
            my @rows = rows((provider('check', '--json'))[1]);
            is(scalar(grep { $_->{ok} } @rows), 7, 'as JSON');
        }
    }
};

subtest 'check tells how far the clock is off, and works all the same' => sub {
    $api->set(skew => 7200);
    set_up($api->conf);
    my ($code, $out) = provider('check');
    is($code, 0, 'exit code');
    like($out, qr/its clock minus ours: \+(?:7199|7200|7201) s/, 'off by two hours');
    $api->set(skew => 0);
};

subtest 'check names the right that is missing' => sub {
    my @rights = ([GET => '/auth/currentCredential'], [GET => '/ip'], [GET => '/ip/*/spam'], [GET => '/ip/*/spam/*'],
        [POST => '/ip/*/spam/*/unblock']);
    my @names = ('GET /auth/currentCredential: the', 'GET /ip: the', 'GET /ip/192.0.2.0%2F28/spam: the',
        'GET /ip/192.0.2.0%2F28/spam/192.0.2.0: the', 'the right POST /ip/*/spam/*/unblock;');
    set_up($api->conf);
    for my $i (0 .. 4) {
        $api->credential(key => OvhApi::CONSUMER_KEY, rules => [map { $rights[$_] } grep { $_ != $i } 0 .. 4]);
        my ($code, $out) = provider('check');
        is($code, 69, "without $names[$i] it fails");
        like($out, qr/^FAILS .*\n.*\Q$names[$i]\E/m, 'and says so');
        my $fails = () = $out =~ /^FAILS/mg;
        is($fails, $i == 3 ? 2 : 1, 'of nothing else');
    }
    $api->credential(key => OvhApi::CONSUMER_KEY, rules => \@rights);
    is((provider('check'))[0], 0, 'these five are enough');
    $api->client(id => OvhApi::CLIENT_ID, secret => OvhApi::CLIENT_SECRET,
        actions => [qw(ip:apiovh:get ip:apiovh:spam/get ip:apiovh:spam/unblock)]);
    set_up($api->conf(oauth2 => 1));
    my ($code, $out) = provider('check');
    is($code, 69, 'a service account without a right');
    like($out, qr/it lacks ip:apiovh:spam\/stats\/get/, 'is told which');
};

subtest 'networks of one type of services are listed' => sub {
    set_up($api->conf);
    $api->network(block => '203.0.113.0/28', type => 'failover');
    is((provider('networks', '--type', 'failover'))[1], "203.0.113.0/28\n", 'those alone');
    is($api->count(GET => qr{/ip\?type=failover$}), 1, 'the provider chose them');
    my ($code, $out) = provider('networks', '--type', 'vps');
    is("$code $out", '0 ', 'none of another type');
    for my $type ('', 'a&b', '--x', 'a' x 33) {
        my ($wrong, undef, $err) = provider('networks', "--type=$type");
        is($wrong, 64, "'$type' is no type: exit code");
    }
    $api->network(block => '203.0.113.0/28', listed => 0);
};

subtest 'networks and blocks are listed, and no IPv6 network is asked for' => sub {
    set_up($api->conf);
    is((provider('networks'))[1], "192.0.2.0/28\n198.51.100.8/32\n", 'networks');
    is_deeply([map { $_->{network} } rows((provider('networks', '--json'))[1])], ['192.0.2.0/28', '198.51.100.8/32'], 'as JSON');
    my ($code, $out) = provider('blocks');
    is($code, 0, 'exit code');
    is($out, "No address is blocked.\n", 'none');
    $api->block(address => ['192.0.2.1', '192.0.2.14'], seconds => 3600, date => 1_795_464_173);
    my @rows = rows((provider('blocks', '--json'))[1]);
    is_deeply(\@rows, [map { {network => '192.0.2.0/28', address => "192.0.2.$_", state => 'blocked',
        since => '2026-11-23T20:02:53Z', until => '2026-11-23T21:02:53Z'} } 1, 14], 'two');
    like((provider('blocks'))[1], qr/^ADDRESS +STATE +SINCE +UNTIL +NETWORK\n192\.0\.2\.1 +blocked +\S+ \S+ +\S+ \S+ +192\.0\.2\.0\/28$/m, 'for people');
    is($api->count(GET => qr/2001|%3A/i), 0, 'no IPv6');
};

subtest 'a network that has expired is passed over' => sub {
    set_up($api->conf);
    $api->network(block => '198.51.100.8/32', state => 'expired');
    my ($code, $out, $err) = provider('blocks');
    is($code, 0, 'exit code');
    like($out, qr/^192\.0\.2\.14 /m, 'the others are told');
    like($err, qr/^outvet: 198\.51\.100\.8\/32 is passed over: .*service has expired.*query id EU\.ext-3/, 'and why');
    $api->network(block => '198.51.100.8/32', state => 'ok');
};

subtest 'trouble is told by exit code and words' => sub {
    set_up($api->conf, "time_limit = 5s\n");
    $api->fault(kind => 'html', times => 9);
    my ($code, $out, $err) = provider('networks');
    is($code, 69, 'away: exit code');
    like($err, qr/^outvet: GET \/ip: trouble on the provider's side: answer 503/, 'and words');
    $api->no_faults;
    set_up($api->conf =~ s/(application_secret=).*/$1WRONG/r);
    ($code, $out, $err) = provider('networks');
    is($code, 78, 'a wrong secret: exit code');
    like($err, qr/look at application_secret/, 'and words');
    set_up($api->conf);
    chmod 0644, $file;
    ($code, $out, $err) = provider('networks');
    is($code, 78, 'a file that others may read: exit code');
    like($err, qr/^outvet: the credentials \Q$file\E: others may read or write it; chmod 640 it, or 600$/, 'and words');
    is($api->log, 0, 'nothing was asked');
};

subtest 'a login asks for five rights, waits, and writes the key alone' => sub {
    my $conf = $api->conf =~ s/^consumer_key=.*\n//mr;
    set_up("; ours\n$conf; the end\n");
    chmod 0640, $file;
    chown 0, (getgrnam 'nogroup')[2] // 65_534, $file;
    my ($code, undef, $err) = provider('check');
    is($code, 78, 'without the key nothing works');
    like($err, qr/has no consumer_key; `outvet provider login` asks/, 'and it is told what to do');
    $box->spawn('login', "$Sandbox::build/outvet", 'provider', 'login', '--config', "$box->{dir}/outvet.conf");
    my $log = "$box->{dir}/log/login.log";
    $box->wait_until('the link', 30, sub { Sandbox::slurp($log) =~ m{https://eu\.api\.ovh\.com/auth/\?credentialToken=\w+} });
    $box->wait_until('it to look', 30, sub { $api->count(GET => qr/currentCredential/) });
    my ($asked) = grep { $_->{target} =~ /credential$/ } $api->log;
    is_deeply([map {"$_->{method} $_->{path}"} @{ decode_json($asked->{body})->{accessRules} }],
        ['GET /auth/currentCredential', 'GET /ip', 'GET /ip/*/spam', 'GET /ip/*/spam/*', 'POST /ip/*/spam/*/unblock'], 'rights');
    is(Sandbox::slurp($file), "; ours\n$conf; the end\n", 'nothing is written before it is confirmed');
    my ($key) = @{ $api->pending };
    my $command_line = Sandbox::slurp("/proc/$box->{pid}{login}/cmdline") . Sandbox::slurp("/proc/$box->{pid}{login}/environ");
    unlike($command_line, qr/\Q$_\E/, 'no secret in arguments or environment') for @secrets, $key;
    $api->credential(key => $key, state => 'validated');
    my $pid = delete $box->{pid}{login};
    $box->wait_until('its end', 30, sub { waitpid($pid, POSIX::WNOHANG()) == $pid });
    is($? >> 8, 0, 'exit code');
    push @secrets, $key;
    $said .= Sandbox::slurp($log);
    like(Sandbox::slurp($log), qr/^The consumer key is written to \Q$file\E\.$/m, 'said so');
    is(Sandbox::slurp($file), "; ours\n${conf}consumer_key = $key\n; the end\n", 'the key, and nothing else');
    my @status = stat $file;
    is($status[2] & 07777, 0640, 'mode');
    is($status[5], (getgrnam 'nogroup')[2] // 65_534, 'group');
    is((provider('check'))[0], 0, 'works');
};

subtest 'only a good certificate is trusted' => sub {
    plan skip_all => 'no mount name spaces here' unless $box->name_spaces;
    my @trusting = ('unshare', '--mount', 'sh', '-ec',
        'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt; shift; exec "$@"', 'sh', $api->ca);
    set_up($api->conf(scheme => 'https'));
    my ($code, undef, $err) = provider('networks');
    is($code, 69, 'an authority that nobody knows: exit code');
    like($err, qr/certificate/, 'and words');
    is($api->log, 0, 'nothing was sent');
    is((provider_in(\@trusting, 'networks'))[0], 0, 'an authority that is known: works');
    for my $scheme (qw(expired wrong_name)) {
        set_up($api->conf(scheme => $scheme));
        ($code, undef, $err) = provider_in(\@trusting, 'networks');
        is($code, 69, "$scheme: exit code");
        like($err, qr/certificate/, 'and words');
        is($api->log, 0, 'nothing was sent');
    }
};

subtest 'another provider is asked by a program' => sub {
    Sandbox::spew("$box->{dir}/ask", <<'END', 0755);
#!/bin/sh
case $1 in
networks) echo '["203.0.113.0/24"]' ;;
blocked) echo '["203.0.113.9"]' ;;
block) echo '{"state": "blocked", "since": "2026-11-23T20:02:53Z", "duration": 60}' ;;
*) echo "what is $1?" >&2; exit 1 ;;
esac
END
    $box->write_settings("[provider]\nkind = command\ncommand = $box->{dir}/ask\n");
    is((provider('check'))[0], 0, 'check');
    my ($row) = rows((provider('blocks', '--json'))[1]);
    is_deeply($row, {network => '203.0.113.0/24', address => '203.0.113.9', state => 'blocked',
        since => '2026-11-23T20:02:53Z', until => '2026-11-23T20:03:53Z'}, 'blocks');
};

subtest 'a reload warns of credentials that are of no use' => sub {
    $box->write_settings('');
    $box->start;
    my ($code, $out, $err) = $box->outvet('config', 'reload');
    is("$code $err", '0 ', 'nothing is wrong');
    set_up($api->conf);
    chmod 0644, $file;
    ($code, $out, $err) = $box->outvet('config', 'reload');
    is($code, 0, 'what is faulty is no setting');
    is($out, "outvetd works by the new settings and rules\n", 'they are in force');
    like($err, qr/^outvet: warning: the provider can't be asked: the credentials \Q$file\E: /, 'but for the provider');
    my ($warning) = @{ decode_json(($box->outvet('config', 'reload', '--json'))[1])->{warnings} };
    like($warning, qr/\Q$file\E/, 'as JSON');
};

unlike($said, qr/\Q$_\E/, 'no secret was ever shown') for @secrets;
$api->stop;
$box->stop;
done_testing;
