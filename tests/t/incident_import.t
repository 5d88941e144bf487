#!/usr/bin/perl
# outvet incident import: from the provider's mail to who sent what it lists.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => 'a private Postfix needs root' if $> != 0;
my $box = Sandbox->new(settings => verdict_settings());
verdict_rules($box);
$box->start;

sub import_alert {
    my ($text, @words) = @_;
    my ($status, $out, $err) = $box->run(["$Sandbox::build/outvet", 'incident', 'import', '--config', "$box->{dir}/outvet.conf",
            '-', @words], input => $text);
    return ($status, $out, $err);
}
sub import_json {
    my ($status, $out, $err) = import_alert(@_, '--json');
    is($status, 0, 'outvet incident import') or diag $err;
    return $status ? {} : decode_json($out);
}
sub line { return "Destination IP : 198.51.100.7 - Message-ID : $_[0] - Spam score : 300\n" }
sub alert { return "Our protection has seen that your IP 192.0.2.41 is sending spam.\n\n" . join '', map { line($_) } @_ }

my ($sent, $transcript) = $box->send_smtp(message => letter('Minutes', id => 'known@sandbox.example'),
    from => 'paul@sandbox.example', to => ['ann@fine.example']);
is($sent, 0, 'a message is sent') or diag $transcript;
my ($row) = $box->ledger(q{select account from messages where message_id = '<known@sandbox.example>'});

subtest 'an alert opens an incident and finds the account' => sub {
    my $told = import_json(alert('Known@sandbox.example', 'old@shop.example'));
    ok($told->{opened}, 'a new incident');
    is($told->{address}, '192.0.2.41', 'of the address in the alert');
    is($told->{new}, 2, 'two detections');
    is($told->{found}, 1, 'one is of the ledger');
    is($told->{unknown}, 1, 'one is not');
    my %account = map { ($_->{account} // '') => $_->{detections} } @{ $told->{accounts} };
    is($account{ $row->{account} }, 1, 'the account that sent it');
};

subtest 'imported again it changes nothing' => sub {
    my $told = import_json(alert('Known@sandbox.example', 'old@shop.example'));
    ok(!$told->{opened}, 'the same incident');
    is($told->{new}, 0, 'no new detection');
    is($told->{found}, 1, 'the same finding');
    is($told->{unknown}, 1, 'and the same is unknown');
};

subtest 'complaints about its mail are told with the account' => sub {
    my ($status, undef, $err) = $box->run(["$Sandbox::build/outvet", 'feedback', 'import', '--config', "$box->{dir}/outvet.conf", '-'],
        input => "From: fbl\@loop.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
            . "From: paul\@sandbox.example\nMessage-ID: <known\@sandbox.example>\n\nHello.\n--b--\n");
    is($status, 0, 'a complaint') or diag $err;
    like(($box->outvet('incident', 'show', 1))[1], qr/: 1 message to 1 recipient, .*, 1 complaint$/m, 'for people');
    my $shown = decode_json(($box->outvet('incident', 'show', '--json', 1))[1]);
    my ($suspect) = grep { ($_->{account} // '') eq $row->{account} } @{$shown->{accounts}};
    is($suspect->{before}{complaints} + $suspect->{after}{complaints}, 1, 'and for programs') or diag explain $shown;
};

subtest 'old logs explain what the ledger does not know' => sub {
    my $log = "$box->{dir}/mail.log.1";
    Sandbox::spew($log, <<'END');
Nov 28 10:00:00 mx1 postfix/smtpd[71]: 4QaBcDeFgH: client=pc.example[192.0.2.7], sasl_method=PLAIN, sasl_username=Shop
Nov 28 10:00:01 mx1 postfix/cleanup[72]: 4QaBcDeFgH: message-id=<old@shop.example>
Nov 28 10:00:02 mx1 postfix/smtp[73]: 4QaBcDeFgH: to=<ann@one.example>, relay=mx[198.51.100.7]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 Ok)
END
    my $told = import_json(alert('old@shop.example'), '--logs', $log);
    is($told->{logs}, 1, 'found there');
    is($told->{unknown}, 0, 'nothing is unknown any more');
    my ($account) = grep { ($_->{account} // '') eq 'shop' } @{ $told->{accounts} };
    is($account->{detections}, 1, 'by its login');
    my ($detection) = $box->ledger(q{select * from detections where text is not null});
    like($detection->{text}, qr/4QaBcDeFgH on mx1.*login Shop.*1 delivered; .*mail\.log\.1, line 2/, 'what the log told is kept');
    unlike($detection->{text}, qr/ann/, 'without the recipient');
};

subtest 'an incident that is known is looked for in old logs by its number' => sub {
    my $log = "$box->{dir}/mail.log.2";
    Sandbox::spew($log, <<'END');
Nov 27 10:00:00 mx1 postfix/pickup[71]: 4QaBcDeFgJ: uid=1001 from=<www-data>
Nov 27 10:00:01 mx1 postfix/cleanup[72]: 4QaBcDeFgJ: message-id=<older@shop.example>
END
    is(import_json(alert('older@shop.example'))->{unknown}, 1, 'nobody knows it');
    my ($status, $out, $err) = $box->outvet('incident', 'logs', '--json', 1, $log);
    is($status, 0, 'outvet incident logs') or diag $err;
    my $told = decode_json($out);
    is($told->{unknown}, 0, 'it is found');
    is($told->{logs}, 2, 'as the one before');
    is(($box->outvet('incident', 'logs', 99, $log))[0], 66, 'there must be such an incident');
};

subtest 'a list needs the address' => sub {
    my $list = "<third\@sandbox.example>\nfourth\@sandbox.example\n";
    my ($status, undef, $err) = import_alert($list);
    is($status, 64, 'it is refused');
    like($err, qr/tell it by --address/, 'and says why');
    ($status, undef, $err) = import_alert($list, '--address', '2001:db8::1');
    is($status, 64, 'an address that can\'t be');
    my $told = import_json($list, '--address', '192.0.2.42');
    ok($told->{opened}, 'an incident of another address');
    is($told->{unknown}, 2, 'with the list');
};

subtest 'for people' => sub {
    my ($status, $out) = import_alert(alert('Known@sandbox.example'));
    like($out, qr/^Incident \d+ of 192\.0\.2\.41, which was open already\.$/m, 'the incident');
    like($out, qr/1  found in the ledger/, 'findings');
    like($out, qr/DETECTIONS  ACCOUNT/, 'accounts');
    like($out, qr/outvet suspend .* --queue --reason/, 'what to do');
    like($out, qr/outvet incident explain \d+ tells/, 'and where it is told on');
    my $err;
    ($status, $out, $err) = import_alert("Hello,\nnothing\n");
    is($status, 66, 'what tells nothing is no input');
    like($err, qr/no blocked address and no Message-ID/, 'and says so');
};

subtest 'who is suspended already is not to be suspended' => sub {
    my ($status, undef, $err) = $box->outvet('suspend', $row->{account}, '--reason', 'a test');
    is($status, 0, 'suspended') or diag $err;
    my $stopped = qr/^  account:\Q$row->{account}\E is suspended since \d{4}-\d\d-\d\d \S+ by \S+$/m;
    my (undef, $out) = import_alert(alert('Known@sandbox.example'));
    like($out, qr/$stopped\n  what it has in the queue may still leave:\n  outvet suspend '\Q$row->{account}\E' --queue /, 'its queue is not held yet');
    $box->ledger('update suspensions set queue = 1');
    (undef, $out) = import_alert(alert('Known@sandbox.example'));
    like($out, $stopped, 'what was done');
    unlike($out, qr/outvet suspend/, 'is not advised again');
    (undef, $out) = $box->outvet('incident', 'logs', 1, '/dev/null');
    like($out, $stopped, 'nor when logs are searched');
    $box->outvet('resume', $row->{account});
    (undef, $out) = import_alert(alert('Known@sandbox.example'));
    like($out, qr/outvet suspend .* --queue/, 'resumed, it is');
};

subtest 'the timeline tells it' => sub {
    my @kinds = map { $_->{kind} } $box->ledger('select kind from incident_events order by id');
    is_deeply([@kinds[0, 1]], ['opened', 'imported'], 'opened and imported');
};

$box->stop;
done_testing;
