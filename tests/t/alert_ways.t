#!/usr/bin/perl
# Alerts by webhook and command, against a web server and programs that behave and misbehave.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use Digest::SHA qw(hmac_sha256_hex);
use IO::Socket::UNIX;
use JSON::PP qw(decode_json);
use MilterClient;
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $key = 'a key that both sides have';
my $box = Sandbox->new(no_postfix => 1);
verdict_rules($box);
my $hook = "$box->{dir}/hook";
mkdir $_ or die "$_: $!" for $hook, "$box->{dir}/run/out";
chmod 0777, "$box->{dir}/run/out";
Sandbox::spew("$hook/answer", '200');
$box->spawn('webhook', "$Sandbox::source/tests/tools/webhook", $hook);
$box->wait_until('the web server', 20, sub { -s "$hook/port" });
my $port = Sandbox::slurp("$hook/port");
Sandbox::spew("$box->{dir}/webhook.key", "$key\n", 0640);
chown((getpwnam 'nobody')[2], 0, "$box->{dir}/webhook.key");

my $started;
sub set_alert {
    my ($lines) = @_;
    $box->write_settings(verdict_settings() . "[alert]\n$lines");
    return $started ? is(($box->outvet('config', 'reload'))[0], 0, 'reload') : 1;
}

sub answers { return Sandbox::spew("$hook/answer", "@_") }

# What was posted, in order.
sub posts {
    return map { decode_json(Sandbox::slurp($_)) } sort glob "$hook/*.json";
}

sub test_alert {
    my ($code, $out, $err) = $box->outvet('alert', 'test');
    return ($code, $out . $err);
}

sub hold {
    my ($sender) = @_;
    my $client = MilterClient->new(path => $box->{milter_socket});
    $client->tell(letter('please hold'), from => $sender);
    return $client->quit;
}

sub program {
    my ($name, $text) = @_;
    Sandbox::spew("$box->{dir}/$name", "#!/bin/sh\n$text", 0755);
    return "$box->{dir}/$name";
}

set_alert("webhook = http://127.0.0.1:$port/hook?for=ops\nwebhook_key = $box->{dir}/webhook.key\n");
$box->start_outvetd;
$started = 1;

subtest 'a notice is posted once, signed' => sub {
    hold('shop@sandbox.example');
    $box->wait_until('the post', 20, sub { posts() == 1 });
    my ($post) = posts();
    is($post->{method}, 'POST', 'method');
    is($post->{path}, '/hook?for=ops', 'path');
    is($post->{header}{'content-type'}, 'application/json', 'type');
    my $signed = $post->{header}{'x-outvet-timestamp'} . '.' . $post->{body};
    is($post->{header}{'x-outvet-signature'}, 'sha256=' . hmac_sha256_hex($signed, $key), 'signature');
    cmp_ok(abs(time - $post->{header}{'x-outvet-timestamp'}), '<', 60, 'time');
    my $notice = decode_json($post->{body});
    is($notice->{id}, $post->{header}{'x-outvet-id'}, 'id');
    my ($alert) = @{ $notice->{alerts} };
    is($alert->{kind}, 'held', 'kind');
    is($alert->{subject}, 'shop@sandbox.example', 'subject');
    like($alert->{samples}[0]{reason}, qr/TEST_HOLD/, 'reason');
};

subtest 'what fails for now is tried again' => sub {
    my $before = posts();
    answers(500, 'cut', 200);
    hold('blog@sandbox.example');
    $box->wait_until('three posts', 60, sub { posts() == $before + 3 });
    my @ids = map { $_->{header}{'x-outvet-id'} } (posts())[-3 .. -1];
    is($ids[0], $ids[2], 'is the same notice to the receiver');
    my $channel;
    $box->wait_until('the count', 10, sub {
        ($channel) = @{ decode_json(($box->outvet('status', '--json'))[1])->{alerts}{channels} };
        return $channel->{sent} == 2;
    });
    is($channel->{state}, 'ok', 'and is no trouble in the end');
};

subtest 'a redirect is not followed' => sub {
    my $before = posts();
    answers(302);
    my ($code, $out) = test_alert();
    is($code, 69, 'failed');
    like($out, qr/^webhook: failed: the answer is 302, a redirect, and none is followed/, 'why');
    is(posts(), $before + 1, 'asked once');
    answers(410);
    like((test_alert())[1], qr/^webhook: failed: the answer is 410$/, 'refused');
    answers(200);
    is((test_alert())[1], "webhook: sent\n", 'works again');
};

subtest 'a server that hangs keeps nobody waiting for ever, and no other channel' => sub {
    answers('hang');
    my $told = "$box->{dir}/run/out/told";
    my $command = program('note', "cat >'$told'\n");
    set_alert("webhook = http://127.0.0.1:$port/hook\ncommand = $command\n");
    hold('forum@sandbox.example');
    $box->wait_until('the command', 20, sub { -s $told });
    like(Sandbox::slurp($told), qr/"subject":"forum\@sandbox\.example"/, 'the command has it meanwhile');
    like((test_alert())[1], qr/^webhook: failed: .*tim/im, 'the test ends');
    answers(200);
};

subtest 'a key that others may read is not used' => sub {
    chmod 0644, "$box->{dir}/webhook.key";
    set_alert("webhook = http://127.0.0.1:$port/hook\nwebhook_key = $box->{dir}/webhook.key\n");
    my $tests = sub { return scalar grep { decode_json($_->{body})->{alerts}[0]{kind} eq 'test' } posts() };
    my $before = $tests->();
    like((test_alert())[1], qr/^webhook: failed: the key \S+ may be read by others: chmod 640 it$/, 'why');
    is($tests->(), $before, 'nothing is posted unsigned');
};

subtest 'a certificate that nobody signed is not trusted' => sub {
    my $dir = "$box->{dir}/tls";
    mkdir $dir or die $!;
    answers(200);
    Sandbox::spew("$dir/answer", '200');
    my ($status, undef, $err) = $box->run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 1,
        '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1',
        '-keyout', "$dir/key.pem", '-out', "$dir/cert.pem"]);
    is($status, 0, 'a certificate') or diag $err;
    $box->spawn('webhook-tls', "$Sandbox::source/tests/tools/webhook", $dir, 'tls');
    $box->wait_until('the web server', 20, sub { -s "$dir/port" });
    set_alert('webhook = https://127.0.0.1:' . Sandbox::slurp("$dir/port") . "/secret-path\n");
    my (undef, $out) = test_alert();
    like($out, qr/^webhook: failed: .*certificate/i, 'why');
    unlike($out, qr/secret-path/, 'without the URL');
    is(() = glob("$dir/*.json"), 0, 'nothing was posted');
};

subtest 'a command gets words, variables and JSON, and no shell' => sub {
    my $told = "$box->{dir}/run/out/command";
    my $command = program('tell', <<"END");
{ for word; do echo "word=\$word"; done; env | grep '^OUTVET_ALERT_'; echo "json=\$(cat)"; } >'$told'
END
    set_alert("command = $command --to 'the operator' \$HOME;id\n");
    hold('a$(id)"\'b@sandbox.example');
    $box->wait_until('the command', 20, sub { Sandbox::slurp($told) =~ /^json=.+/m });
    my $text = Sandbox::slurp($told);
    is_deeply([$text =~ /^word=(.*)/mg], ['--to', 'the operator', '$HOME;id'], 'arguments');
    like($text, qr/^OUTVET_ALERT_KIND=held$/m, 'kind');
    like($text, qr/^OUTVET_ALERT_SUBJECT=a\$\(id\)"'b\@sandbox\.example$/m, 'subject as it is');
    like($text, qr/^OUTVET_ALERT_COUNT=1$/m, 'count');
    like($text, qr/^OUTVET_ALERT_REASON=score .*TEST_HOLD/m, 'reason');
    my ($json) = $text =~ /^json=(.*)/m;
    is(decode_json($json)->{alerts}[0]{subject}, 'a$(id)"\'b@sandbox.example', 'JSON');
};

subtest 'a command that hangs is ended with all that it started' => sub {
    my $pids = "$box->{dir}/run/out/pids";
    my $command = program('hang', "sleep 600 &\necho \$\$ \$! >'$pids'\necho stuck here >&2\nwait\n");
    set_alert("command = $command\n");
    like((test_alert())[1], qr/^command: failed: \Q$command\E did not end within 10 s: stuck here$/, 'why');
    my @pids = split ' ', Sandbox::slurp($pids);
    is(@pids, 2, 'two processes');
    $box->wait_until('their end', 10, sub { !grep { kill 0, $_ } @pids });
    pass('are gone');
};

subtest 'a command that fails is told' => sub {
    set_alert('command = ' . program('fail', "echo 'no phone line' >&2\nexit 3\n") . "\n");
    like((test_alert())[1], qr/^command: failed: no phone line$/, 'its words');
    set_alert("command = $box->{dir}/nowhere\n");
    like((test_alert())[1], qr/^command: failed: .*nowhere/, 'one that is not there');
};

subtest 'settings that can not work are refused' => sub {
    my %faults = (
        'webhook = ftp://example.com/' => qr{begins with https://},
        'webhook = http://example.com/hook' => qr{begins with https://},
        'webhook = https://me:secret@example.com/' => qr{name and password have no place},
        'webhook = example.com' => qr{no URL},
        'command = notify' => qr{whole path},
        "command = /bin/echo 'open" => qr{cut into words},
        'mail_to = ops@example.com' => qr{needs a sender},
        'mail_to = -f@example.com' => qr{no plain mail address},
        'mail_to = "ops"@example.com' => qr{no plain mail address},
        'from = Ops <ops@example.com>' => qr{no plain mail address},
        'hourly = 0' => qr{from 1},
        'quiet = 0' => qr{leaves none},
    );
    for my $line (sort keys %faults) {
        Sandbox::spew("$box->{dir}/bad.conf", "[alert]\n$line\n");
        my ($code, undef, $err) = $box->run(["$Sandbox::build/outvet", 'config', 'check', "$box->{dir}/bad.conf"]);
        is($code, 78, $line);
        like($err, $faults{$line}, 'says why');
    }
};

is($box->stop_outvetd, 0, 'a clean end');
done_testing;
