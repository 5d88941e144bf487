#!/usr/bin/perl
# Announced mailings and easing after an incident, through a real Postfix that asks policy service
# and milter, or the policy service alone.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $port = Sandbox::free_port();
my $settings = <<"END";
[policy]
socket = inet:$port\@127.0.0.1

[plan shop]
for = shop@* alone@*
recipients = 4/hour

[plan form]
of = script
messages = 1/hour
over = hold
END
my $box = Sandbox->new(
    settings => $settings,
    main_cf => {
        smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port, permit",
        smtpd_end_of_data_restrictions => "check_policy_service inet:127.0.0.1:$port",
    });
$box->add_login($_, 'secret') for qw(shop alone eased);
$box->start;
my $shop = 'shop@mx.sandbox.example';

my $n = 0;
sub send_as {
    my ($login, $recipients) = @_;
    my $id = 'm' . ++$n . '@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(
        message => letter('Meeting on Thursday', id => $id), from => "$login\@sandbox.example",
        to => [map {"r$n.$_\@outside.example"} 1 .. $recipients], login => $login, password => 'secret');
    return ($status, $transcript, $id);
}
sub evidence_of {
    my ($id, $rule) = @_;
    my ($hit) = $box->ledger("select evidence from hits where rule = '$rule' and message = "
        . "(select id from messages where message_id = '<$id>')");
    return $hit ? $hit->{evidence} : '';
}

subtest 'what can not be announced is told' => sub {
    for my $case (
        [[$shop], qr/--recipients N tells how many/],
        [[$shop, '--recipients', '0'], qr/--recipients 0: a number from 1 to/],
        [[$shop, '--recipients', '-5'], qr/--recipients -5: a number from 1 to/],
        [[$shop, '--recipients', '5'], qr/--until TIME, or --for TIME, tells when/],
        [[$shop, '--recipients', '5', '--until', '2020-01-01'], qr/--until 2020-01-01: not a day or time to come/],
        [[$shop, '--recipients', '5', '--for', '31d'], qr/announced for 30 days at most/],
        [[$shop, '--recipients', '5', '--messages', 'x', '--for', '1h'], qr/--messages x: a number/],
        [['everything', '--recipients', '5', '--for', '1h'], qr/everything: mail is not counted by it/],
        [['client:192.0.2.0/24', '--recipients', '5', '--for', '1h'], qr/mail is not counted by it/],
        [[$shop, '--end', '--recipients', '5'], qr/--end and --recipients/],
        [[$shop, '--easing', '--recipients', '5', '--for', '1h'], qr/--easing goes with --end/],
    ) {
        my ($status, $out, $err) = $box->outvet('announce', @{$case->[0]});
        is($status, 64, "@{$case->[0]}");
        like($err, $case->[1], 'why');
        is($out, '', 'nothing else');
    }
    my ($status, $out) = $box->outvet('announcements');
    is($out, "Nothing is announced.\n", 'nothing was recorded');
    ($status, $out) = $box->outvet('announce', $shop, '--end');
    is($status, 66, 'nothing to end');
    is($out, "was not announced: account:$shop\n", 'is told');
};

subtest 'a mailing passes the plan of its account by so many' => sub {
    my ($status, $transcript) = send_as('shop', 4);
    is($status, 0, 'what the plan allows') or diag $transcript;
    ($status) = send_as('shop', 1);
    isnt($status, 0, 'and no more');
    my ($done, $out, $err) = $box->outvet('announce', $shop, '--recipients', '8', '--for', '1h', '--reason', 'Christmas letter');
    is($done, 0, 'announced') or diag $err;
    like($out, qr/^announced account:\Q$shop\E  8 recipients more until \d/, 'in a line');
    my $id;
    ($status, $transcript, $id) = send_as('shop', 5);
    is($status, 0, 'at once more passes') or diag $transcript;
    my $text = qr/9 recipients in an hour, and plan shop allows 4; announced for account:\Q$shop\E: 8 recipients more until \S+ \S+ UTC, by \S+: Christmas letter; 5 used/;
    like(evidence_of($id, 'ANNOUNCED'), $text, 'with the reason in the ledger');
    like($box->logs, qr/message-id=\S*\Q$id\E.* verdict=accept .*announced="$text"/, 'and in its log line');
    ($status, $transcript) = send_as('shop', 4);
    is(() = $transcript =~ /250 2\.1\.5/g, 3, 'three of the next four');
    ($status) = send_as('shop', 1);
    isnt($status, 0, 'then it is used up');
    like($box->logs, qr/event=allowance state=begun kind=mailing what=account:\Q$shop\E recipients=8 /, 'a log line of the announcement');
};

subtest 'it is seen' => sub {
    # The counters are in the ledger within a second or so.
    $box->wait_until('8 sent in outvet account', 30, sub { ($box->outvet('account', $shop))[1] =~ /; 8 sent: used up$/m });
    my ($status, $out, $err) = $box->outvet('account', $shop);
    like($out, qr/^Plan shop; what is beyond it: defer\n  4 of 4 recipients in an hour  \(used up\)\n\nAnnounced: 8 recipients more until \S+ \S+ UTC, by \S+: Christmas letter; 8 sent: used up$/m,
        'outvet account') or diag $err;
    ($status, $out) = $box->outvet('account', '--json', $shop);
    my $account = decode_json($out);
    is($account->{allowances}[0]{used}{recipients}, 8, 'as JSON');
    is($account->{allowances}[0]{used}{messages}, 2, 'messages, too');
    is($account->{volumes}{hour}{recipients}, 12, 'all that was sent is counted');
    ($status, $out) = $box->outvet('announcements');
    like($out, qr/^SINCE .*\n\S+ \S+ +8 +8 more +account:\Q$shop\E +mailing +\S+ \S+ +\S+ +Christmas letter$/m, 'outvet announcements');
    ($status, $out) = $box->outvet('announcements', '--json', 'nobody');
    is($out, '', 'of another there is none');
};

subtest 'it survives a restart, and is ended' => sub {
    my ($done) = $box->outvet('announce', $shop, '--recipients', '50', '--messages', '20', '--for', '1h');
    is($done, 0, 'announced anew');
    $box->stop_outvetd('KILL');
    $box->stop_postfix;
    $box->start_outvetd;
    $box->start_postfix;
    my ($status, $transcript) = send_as('shop', 3);
    is($status, 0, 'it passes after a restart') or diag $transcript;
    my (undef, $out) = $box->outvet('announce', $shop, '--end', '--reason', 'stopped');
    is($out, "ended account:$shop\n", 'ended');
    ($status) = send_as('shop', 1);
    isnt($status, 0, 'the plan holds again');
    (undef, $out) = $box->outvet('announcements', '--all');
    like($out, qr/ end +account:\Q$shop\E +mailing .*stopped$/m, 'every change is on record');
    my ($rows) = $box->ledger("select count(*) as n from allowances where operator is not null");
    is($rows->{n}, 3, 'with who made it');
};

subtest 'a script that uses sendmail(1) has its mailing' => sub {
    $box->outvet('announce', 'script:33:news.php', '--recipients', '2', '--for', '1h');
    for my $i (1 .. 4) {
        $box->send_local(to => ['ann@outside.example'], from => 'www@sandbox.example',
            message => "X-PHP-Originating-Script: 33:news.php\n" . letter('Meeting on Thursday', id => "news$i\@sandbox.example") =~ s/\r\n/\n/gr);
    }
    $box->wait_quiet;
    my %verdict = map { $_->{message_id} => $_->{verdict} } $box->ledger('select message_id, verdict from messages');
    is($verdict{"<news$_\@sandbox.example>"}, $_ > 3 ? 'hold' : 'accept', "message $_") for 1 .. 4;
};

subtest 'a subject that is eased is deferred beyond its rate' => sub {
    my $now = time;
    $box->ledger("insert into allowances (time, subject, kind, ended, until, recipients, messages, span, operator, reason) values "
        . "(${now}000000, 'account:eased\@mx.sandbox.example', 'easing', 0, " . ($now + 3600) . "000000, 2, 0, 'hour', 'outvetd', 'after incident 1')");
    $box->wait_until('the easing', 10, sub { $box->logs =~ /event=allowance state=begun kind=easing what=account:eased/ });
    my ($status, $transcript) = send_as('eased', 2);
    is($status, 0, 'as many as it may') or diag $transcript;
    ($status, $transcript) = send_as('eased', 1);
    isnt($status, 0, 'and no more');
    like($transcript, qr/450 4\.7\.1 .*You have sent 3 recipients in an hour, and after an incident 2 are allowed until \S+ \S+ UTC/, 'why');
    my (undef, $out) = $box->outvet('account', 'eased@mx.sandbox.example');
    like($out, qr/^Eased after an incident: 2 recipients in an hour at most until .*, by outvetd: after incident 1; /m, 'the operator sees it');
    my ($done) = $box->outvet('announce', 'eased@mx.sandbox.example', '--end', '--easing');
    is($done, 0, 'ended');
    ($status) = send_as('eased', 5);
    is($status, 0, 'it sends again');
};

subtest 'without the milter the policy service knows of it, too' => sub {
    $box->stop_postfix;
    Sandbox::spew("$box->{dir}/etc/main.cf", Sandbox::slurp("$box->{dir}/etc/main.cf") =~ s/^smtpd_milters = .*/smtpd_milters =/mr);
    $box->start_postfix;
    my ($status, $transcript) = send_as('alone', 4);
    is($status, 0, 'the plan') or diag $transcript;
    $box->outvet('announce', 'alone@mx.sandbox.example', '--recipients', '3', '--for', '1h');
    ($status) = send_as('alone', 3);
    is($status, 0, 'the mailing');
    like($box->logs, qr/event=policy action=pass because="5 recipients in an hour, and plan shop allows 4; announced for account:alone\@mx\.sandbox\.example: 3 recipients more [^"]*; 3 used"/, 'a log line');
    ($status) = send_as('alone', 1);
    isnt($status, 0, 'used up');
};

done_testing;
