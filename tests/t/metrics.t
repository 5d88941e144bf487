#!/usr/bin/perl
# The figures for Prometheus, over HTTP: what they are, how they move, and who tries to be in the way.
use v5.32;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use Exposition;
use IO::Select;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use OvhApi;
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => 'a private Postfix needs root' if $> != 0;

my $api = OvhApi->new(networks => ['192.0.2.0/28', '198.51.100.8/32']);
my $port = Sandbox::free_port();
my $policy = Sandbox::free_port();
my $settings = verdict_settings() . <<"END";
[metrics]
listen = 127.0.0.1:$port
[policy]
socket = inet:$policy\@127.0.0.1
[plan stolen]
for = stolen@*
messages = 1/hour
over = suspend
END
my $box = Sandbox->new(main_cf => {smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$policy, permit"});
my $provider = "[provider]\nkind = ovh\ncredentials = $box->{dir}/ovh.conf\ninterval = 1s\ncalls = 6000\n";
Sandbox::spew("$box->{dir}/ovh.conf", $api->conf, 0600);
chown +(getpwnam $box->{user})[2], -1, "$box->{dir}/ovh.conf";
verdict_rules($box);
$box->write_settings($settings);
$box->add_login('stolen', 'secret');
$box->start;

my @curl = ('curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', 20);
my $url = "http://127.0.0.1:$port/metrics";
# Status and body, or with --head the header.
sub ask {
    my (@words) = @_;
    my ($code, $out, $err) = $box->run([@curl, '--write-out', '%{http_code}', @words]);
    diag $err if $code;
    return $out =~ s/(\d{3})\z// ? ($1, $out) : (0, $out);
}
my $rules = "$Sandbox::source/contrib/prometheus/outvet.rules.yml";
my $promtool = (grep { -x "$_/promtool" } split /:/, $ENV{PATH})[0];
# The figures as they are read now, each time checked.
sub figures {
    my ($status, $text) = ask($url);
    is($status, 200, 'figures') or return {};
    my $read = eval { Exposition::parse($text) } or diag $@, $text;
    ok($read, 'in Prometheus\'s format');
    return $read->{value} // {};
}
sub value { return figures()->{ $_[0] } }
sub send_mail {
    my ($subject, %option) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter($subject), from => 'paul@sandbox.example',
        to => ['ann@outside.example'], %option);
    return $status;
}

subtest 'all that is told is as Prometheus wants it' => sub {
    my ($status, $text) = ask($url);
    is($status, 200, 'answered');
    like((ask('--head', $url))[1], qr{^Content-Type: text/plain; version=0\.0\.4; charset=utf-8\r$}m, 'as the text format');
    my $read = eval { Exposition::parse($text) } or diag $@;
    cmp_ok(keys %{ $read->{type} }, '>', 40, 'many figures');
    my ($undocumented) = grep { !$read->{type}{$_} } keys %{ $read->{help} };
    is($undocumented, undef, 'each with its type');
    for my $family (grep {/_state$/} keys %{ $read->{type} }) {
        my @on = grep { /^\Q$family\E\{/ && $read->{value}{$_} } keys %{ $read->{value} };
        is(@on, 1, "$family is in one state that it may have") or diag $text =~ /^(\Q$family\E\{.*)/mg;
    }
    like($text, qr/^outvet_info\{version="[\d.]+",ruleset="[0-9a-f]+"\} 1$/m, 'which Outvet it is');
    unlike($text, qr/^outvet_provider_(?!state)/m, 'nothing of what is off');
    SKIP: {
        skip 'no promtool here (package prometheus)', 1 unless $promtool;
        my ($code, $out, $err) = $box->run(['promtool', 'check', 'metrics'], input => $text);
        is("$code$out$err", '0', 'promtool finds nothing');
    }
};

subtest 'they move with the mail' => sub {
    my $before = figures();
    is(send_mail('Meeting on Thursday'), 0, 'a letter') for 1 .. 2;
    is(send_mail('please hold this'), 0, 'one to hold');
    my $after = figures();
    my %more = map { $_ => $after->{$_} - $before->{$_} } keys %$before;
    is($more{'outvet_messages_total{verdict="accept"}'}, 2, 'two accepted');
    is($more{'outvet_messages_total{verdict="hold"}'}, 1, 'one held');
    is($more{'outvet_messages_total{verdict="reject"}'}, 0, 'none refused');
    is($more{outvet_message_duration_seconds_count}, 3, 'each took its time');
    is($more{'outvet_message_duration_seconds_bucket{le="+Inf"}'}, 3, 'within some bound');
    cmp_ok($more{outvet_message_duration_seconds_sum}, '>', 0, 'which is told');
    cmp_ok($more{outvet_ledger_commits_total}, '>=', 3, 'the ledger was written');
    cmp_ok($more{outvet_policy_requests_total}, '>=', 3, 'the policy service was asked');
    cmp_ok(abs($after->{outvet_ledger_last_commit_timestamp_seconds} - time), '<', 60, 'the last commit, as a time');
    my $status = decode_json(($box->outvet('status', '--json'))[1]);
    is($after->{outvet_messages_in_hand}, $status->{in_hand}, 'outvet status says the same');
    is($after->{outvet_counters_subjects}, $status->{counters}{subjects}, 'of subjects, too');
    $box->wait_until('the log to be read', 20, sub { decode_json(($box->outvet('status', '--json'))[1])->{delivery_log}{recorded} >= 2 });
    my $read = figures();
    cmp_ok($read->{outvet_delivery_log_lines_total}, '>', $before->{outvet_delivery_log_lines_total}, 'lines of the log');
    cmp_ok(abs($read->{outvet_delivery_log_last_line_timestamp_seconds} - time), '<', 120, 'the last line, as a time');
};

subtest 'who is suspended by a plan is counted, and not named' => sub {
    my $before = figures();
    send_mail("Meeting $_", from => 'stolen@sandbox.example', login => 'stolen', password => 'secret') for 1 .. 3;
    my (undef, $text) = ask($url);
    my $after = figures();
    is($after->{outvet_suspensions} - $before->{outvet_suspensions}, 1, 'one is suspended');
    is($after->{outvet_suspensions_begun_total} - $before->{outvet_suspensions_begun_total}, 1, 'by Outvet');
    $box->wait_until('the alert', 10, sub { decode_json(($box->outvet('status', '--json'))[1])->{alerts}{by_kind}{suspended} > 0 });
    is(value('outvet_alerts_total{kind="suspended"}'), 1, 'with an alert');
    unlike($text, qr/stolen/, 'no account is named');
};

subtest 'the provider\'s last success is told' => sub {
    $box->write_settings($settings . $provider);
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    my $start = time;
    my $seen = $box->wait_until('the provider to be asked', 30, sub {
        my (undef, $text) = ask($url);
        my ($time) = $text =~ /^outvet_provider_last_success_timestamp_seconds (\d+)$/m;
        return $time && $text;
    });
    my $read = Exposition::parse($seen)->{value};
    cmp_ok($read->{outvet_provider_last_success_timestamp_seconds}, '>=', $start - 1, 'when');
    my %there = map { s/\{.*//r => 1 } keys %$read;
    my @wanted = Sandbox::slurp($rules) =~ /\b(outvet_\w+)/g;
    cmp_ok(@wanted, '>', 5, 'the example of alert rules asks for figures');
    ok($there{$_}, "$_ is there for it") for @wanted;
    is($read->{'outvet_provider_state{state="asking"}'}, 1, 'it is being asked');
    is($read->{outvet_provider_networks}, 2, 'of our networks');
    is($read->{outvet_provider_blocked_addresses}, 0, 'none is blocked');
    is($read->{outvet_provider_round_failures_total}, 0, 'and nothing failed');
    $api->block(address => '192.0.2.1', seconds => 3600);
    $box->wait_until('the block', 30, sub { (ask($url))[1] =~ /^outvet_provider_blocked_addresses 1$/m });
    pass('a block is counted');
    $api->fault(kind => 'html', times => 1000);
    my $failed = $box->wait_until('a failure', 60, sub { my $text = (ask($url))[1]; $text =~ /^outvet_provider_round_failures_total [1-9]/m && $text });
    like($failed, qr/^outvet_provider_last_success_timestamp_seconds [1-9]\d+$/m, 'the last success stays');
    $api->no_faults;
};

subtest 'the example of alert rules does what it says' => sub {
    plan skip_all => 'no promtool here (package prometheus)' unless $promtool;
    my ($status, $out, $err) = $box->run(['promtool', 'check', 'rules', $rules]);
    is($status, 0, 'promtool reads it') or diag $out, $err;
    ($status, $out, $err) = $box->run(['promtool', 'test', 'rules', "$Sandbox::source/tests/data/outvet.rules.test.yml"]);
    is($status, 0, 'each alert is raised when it should, and else not') or diag $out, $err;
};

subtest 'nothing else is served' => sub {
    is((ask("http://127.0.0.1:$port$_"))[0], 404, "no $_") for '/', '/metrics/', '/status', '/metricsx', '/metrics/metrics';
    for my $method (qw(POST PUT DELETE PATCH OPTIONS TRACE)) {
        my ($status, $out) = ask('--request', $method, '--include', $url);
        is($status, 405, "no $method");
        like($out, qr/^Allow: GET, HEAD\r$/m, 'and it says what there is');
    }
    is((ask('--data-binary', 'x' x 100_000, $url))[0], 405, 'nothing is uploaded');
    is((ask('--request', 'GET', '--data', 'a body', $url))[0], 200, 'a body that nobody wants does no harm');
    is((ask('--http1.0', $url))[0], 200, 'HTTP/1.0');
    my ($status, $head) = ask('--head', $url);
    is($status, 200, 'HEAD');
    like($head, qr/^Connection: close\r$/m, 'one request a connection');
};

sub dial { return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 10) // die "port $port: $!\n" }
# What comes until the other side ends it, within so many seconds; undef if it doesn't.
sub until_end {
    my ($socket, $seconds) = @_;
    my ($text, $end) = ('', time + $seconds);
    while (time < $end) {
        next unless IO::Select->new($socket)->can_read(0.2);
        my $n = sysread $socket, my $block, 65536;
        return $text if !$n;
        $text .= $block;
    }
    return undef;
}

subtest 'requests that are none are refused' => sub {
    my %bad = (
        'noise' => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\xff\r\n\r\n",
        'a header without end' => "GET /metrics HTTP/1.1\r\nX: " . ('a' x 40_000) . "\r\n\r\n",
        'fields without end' => "GET /metrics HTTP/1.1\r\n" . ("X: y\r\n" x 8_000) . "\r\n",
        'a path without end' => 'GET /' . ('a' x 40_000) . " HTTP/1.1\r\n\r\n",
    );
    for my $what (sort keys %bad) {
        my $socket = dial();
        local $SIG{PIPE} = 'IGNORE';
        syswrite $socket, $bad{$what};
        my $answer = until_end($socket, 20);
        ok(defined $answer, "$what: ended");
        unlike($answer // '', qr/^HTTP\S+ 200/, "$what: nothing is told");
    }
    is(value('outvet_shadow'), 0, 'the next one is served');
};

subtest 'who hangs or trickles is ended, and mail does not notice' => sub {
    my @hanging = map { dial() } 1 .. 24;
    my $slow = $hanging[0];
    my $sent = send_mail('Meeting meanwhile');
    is($sent, 0, 'mail passes');
    my $text = "GET /metrics HTTP/1.1\r\nHost: a\r\n" . ('X: y' . "\r\n") x 1000;
    my ($i, $end) = (0, time + 20);
    local $SIG{PIPE} = 'IGNORE';
    my $ended = $box->wait_until('the one that trickles to be ended', 30, sub {
        IO::Select->new($slow)->can_read(0) || !defined syswrite $slow, substr $text, $i++, 1;
    });
    ok($ended, 'one octet now and then is not enough');
    cmp_ok($i, '<', length $text, 'though it was not through');
    my $read = figures();
    ok(exists $read->{'outvet_messages_total{verdict="accept"}'}, 'figures are told again') or diag explain $read;
    ok(defined until_end($_, 30), 'ended') for @hanging[1, 23];
};

subtest 'where it can not listen it says so and does not start' => sub {
    my @start = ("$Sandbox::build/outvetd", '--foreground', '--user', $box->{user}, '--config', "$box->{dir}/other.conf");
    my $conf = Sandbox::slurp("$box->{dir}/outvet.conf") =~ s{\Q$box->{dir}\E/(run|state)/}{$box->{dir}/$1/other-}gr;
    $conf =~ s/^socket = unix:.*$/socket = unix:$box->{dir}\/run\/other-milter.sock/m;
    $conf =~ s/^\[policy\]\nsocket = .*\n//m;
    my %case = (
        "127.0.0.1:$port" => [69, qr/\[metrics\] listen = 127\.0\.0\.1:$port: cannot listen on $port\@127\.0\.0\.1: Address already in use/],
        '192.0.2.1:9469' => [69, qr/warning: event=metrics listen=192\.0\.2\.1:9469 warning="whoever reaches this address.*Cannot assign/s],
        '127.0.0.1' => [78, qr/\[metrics\] listen = 127\.0\.0\.1: it is an IP address and a port: 127\.0\.0\.1:9469 or \[::1\]:9469/],
        'localhost:9469' => [78, qr/it is an IP address and a port/],
    );
    for my $listen (sort keys %case) {
        Sandbox::spew("$box->{dir}/other.conf", $conf =~ s/^listen = .*/listen = $listen/mr);
        my ($status, $out, $err) = $box->run(\@start);
        is($status, $case{$listen}[0], "$listen: exit code") or diag $out;
        like("$out$err", $case{$listen}[1], "$listen: why");
    }
    is((ask($url))[0], 200, 'the one that runs goes on');
    Sandbox::spew("$box->{dir}/outvet.conf", Sandbox::slurp("$box->{dir}/outvet.conf") =~ s/^listen = .*/listen =/mr);
    like(($box->outvet('config', 'reload'))[1], qr/restarted: \[metrics\] listen$/m, 'a change needs a restart');
};

$box->stop;
done_testing;
