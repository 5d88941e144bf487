#!/usr/bin/perl
# Plans: how much accounts, domains and scripts may send, by SMTP and by sendmail(1), through a real
# Postfix that asks policy service and milter, or one of them.
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
for = shop@*
recipients = 5/hour

[plan held]
for = held@*
messages = 1/day
over = hold

[plan tagged]
for = tagged@*
messages = 1/day
over = tag

[plan quiet]
for = quiet@*
messages = 0/day
over = reject
shadow = yes

[plan large]
for = large@*
size = 8K/day
over = reject

[plan forms]
of = script
messages = 2/hour
over = hold

[plan stolen]
for = stolen@*
messages = 2/hour
over = suspend
suspend_for = 30m

[plan domains]
of = sender_domain
for = busy.sandbox.example
messages = 1/day
END
my @logins = qw(shop held tagged quiet large other another stolen gold);
my $box = Sandbox->new(
    settings => $settings,
    main_cf => {
        smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port, permit",
        smtpd_end_of_data_restrictions => "check_policy_service inet:127.0.0.1:$port",
    });
$box->add_login($_, 'secret') for @logins;
$box->start;

my $n = 0;
sub send_as {
    my ($login, %option) = @_;
    my $id = 'm' . ++$n . '@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(
        message => $option{message} // letter('Meeting on Thursday', id => $id),
        from => $option{from} // "$login\@sandbox.example",
        to => $option{to} // ['ann@outside.example'], login => $login, password => 'secret');
    return ($status, $transcript, $id);
}
sub verdict_of { return ($box->ledger("select verdict from messages where message_id = '<$_[0]>'"))[0]->{verdict} }
sub hit_of {
    my ($hit) = $box->ledger("select evidence from hits where rule = 'PLAN_LIMIT' and message = "
        . "(select id from messages where message_id = '<$_[0]>')");
    return $hit ? $hit->{evidence} : '';
}
my @three = map {"$_\@outside.example"} qw(ann bob cy);

subtest 'an account sends what its plan allows, and no more' => sub {
    my ($status, $transcript) = send_as('shop', to => \@three);
    is($status, 0, 'three of five recipients') or diag $transcript;
    ($status, $transcript) = send_as('shop', to => \@three);
    is($status, 0, 'of the next three, two are taken') or diag $transcript;
    is(() = $transcript =~ /250 2\.1\.5/g, 2, 'two');
    like($transcript, qr/450 4\.7\.1 .*You have sent 6 recipients in an hour, and plan shop allows 5/,
        'and the third is told why not now');
    ($status, $transcript) = send_as('shop');
    isnt($status, 0, 'then nothing more');
    my ($sum) = $box->ledger('select count(*) as n from messages where account like \'shop@%\'');
    is($sum->{n}, 2, 'two messages are on record');
    ($status) = send_as('other', to => \@three);
    is($status, 0, 'another account does not notice');
    like($box->logs, qr/event=policy action=defer because="account shop\@mx.sandbox.example: 6 recipients in an hour/, 'a log line');
};

subtest 'over the limit: held, tagged, refused, or only told' => sub {
    my $id;
    my ($status) = send_as('held');
    ($status, undef, $id) = send_as('held');
    is($status, 0, 'taken');
    is(verdict_of($id), 'hold', 'and held');
    like(hit_of($id), qr/account held@\S+: 2 messages in a day, and plan held allows 1/, 'with the reason');
    send_as('tagged');
    ($status, undef, $id) = send_as('tagged');
    is(verdict_of($id), 'tag', 'tagged');
    ($status, undef, $id) = send_as('quiet');
    is(verdict_of($id), 'accept', 'a plan in shadow lets pass');
    like(hit_of($id), qr/plan quiet allows 0/, 'and tells');
    my $transcript;
    ($status, $transcript) = send_as('large',
        message => letter('Meeting on Thursday', id => 'l@sandbox.example', body => ("So it goes on.\r\n" x 1000)));
    isnt($status, 0, 'too large for its day');
    like($transcript, qr/5\d\d 5\.7\.1 .*You have sent \d+ octets in a day, and plan large allows 8192/, 'refused');
};

subtest 'who passes a limit may be suspended' => sub {
    send_as('stolen') for 1 .. 2;
    for my $message ('the message that passes it', 'the next one') {
        my ($status, $transcript) = send_as('stolen');
        isnt($status, 0, "$message is not taken");
        like($transcript, qr/450 4\.7\.1 .*Sending is suspended for account stolen\@\S+ until \S+ \S+ UTC: 3 messages in an hour, and plan stolen allows 2/,
            'with the reason');
    }
    my (undef, $out) = $box->outvet('suspensions');
    like($out, qr/stolen\@mx\.sandbox\.example.*3 messages in an hour, and plan stolen allows 2/s, 'the operator sees it');
    $box->wait_until('the alert', 10, sub { $box->logs =~ /event=alert .*account:stolen\@mx/ });
    like($box->logs, qr/event=alert .*account:stolen\@mx/, 'and is told');
    $box->outvet('resume', 'stolen@mx.sandbox.example');
};

subtest 'a sender domain is counted whoever sends' => sub {
    my ($status) = send_as('other', from => 'a@busy.sandbox.example');
    is($status, 0, 'first');
    ($status) = send_as('another', from => 'b@Busy.sandbox.example');
    isnt($status, 0, 'second, by another login');
};

sub send_form {
    my ($id) = @_;
    return $box->send_local(to => ['ann@outside.example'], from => 'www@sandbox.example',
        message => "X-PHP-Originating-Script: 33:contact.php\n" . letter('Meeting on Thursday', id => $id) =~ s/\r\n/\n/gr);
}

subtest 'a web form that uses sendmail(1) is held beyond its plan' => sub {
    send_form("form$_\@sandbox.example") for 1 .. 3;
    $box->wait_quiet;
    is(verdict_of("form$_\@sandbox.example"), $_ > 2 ? 'hold' : 'accept', "message $_") for 1 .. 3;
    like(hit_of('form3@sandbox.example'), qr/^script 33:contact\.php|^script .*contact\.php: 3 messages/, 'by its script');
};

# The ledger has the counters within a second or so.
sub wait_kept {
    my ($subject, $text) = @_;
    $box->wait_until("$text in outvet account $subject", 30, sub { ($box->outvet('account', $subject))[1] =~ $text });
    return;
}

subtest 'an operator sees it' => sub {
    wait_kept('shop@mx.sandbox.example', qr/^hour +2 +5 /m);
    wait_kept('sender_domain:busy.sandbox.example', qr/^day +1 /m);
    my ($status, $out, $err) = $box->outvet('account', 'shop@mx.sandbox.example');
    is($status, 0, 'outvet account') or diag $err;
    like($out, qr/^account shop\@mx\.sandbox\.example, counted since \d/, 'whom it is about');
    like($out, qr/^hour +2 +5 +\d+ +0 /m, 'what it sent');
    like($out, qr/^Plan shop; what is beyond it: defer\n  5 of 5 recipients in an hour  \(used up\)$/m, 'and may');
    like($out, qr/^\S+ \S+ +\S+ +accept +\S+ +3 +Meeting on Thursday$/m, 'a message');
    ($status, $out) = $box->outvet('account', '--json', 'sender_domain:busy.sandbox.example');
    my $domain = decode_json($out);
    is($domain->{volumes}{day}{messages}, 1, 'a sender domain');
    is($domain->{plan}{bounds}[0]{allowed}, 1, 'with its plan');
    ($status, $out, $err) = $box->outvet('account', 'nobody');
    is($status, 66, 'one that is not known');
    is($err, "outvet: the ledger knows nothing of account nobody\n", 'is told');
    ($status, $out, $err) = $box->outvet('account', 'stolen');
    is($err, "outvet: the ledger knows nothing of account stolen; did you mean stolen\@mx.sandbox.example?\n", 'with a name like it');
    ($status, $out, $err) = $box->outvet('suspend', 'held', '--for', '1h', '--reason', 'a test');
    is($status, 0, 'a name that never sent is suspended');
    is($err, "outvet: account held has sent nothing in the last 30 days; did you mean held\@mx.sandbox.example?\n", 'with a warning');
    $box->outvet('resume', 'held');
    ($status, $out) = $box->outvet('account', 'stolen@mx.sandbox.example');
    like($out, qr/^It is not suspended now\.\n  \S+ \S+  suspended until \S+ \S+ by outvetd: 3 messages in an hour, and plan stolen allows 2\n  \S+ \S+  resumed by \S+/m,
        'what was suspended, and why');
    ($status, $out) = $box->outvet('top');
    like($out, qr/^ *MINUTE +HOUR .*ACCOUNT\n +\d+ +5 +5 +- +0\.\d\d +0 .* shop\@mx\.sandbox\.example$/m, 'outvet top');
    ($status, $out) = $box->outvet('top', '--json', '--of', 'script');
    is(decode_json($out)->{name}, '33:contact.php', 'of scripts');
    ($status) = $box->outvet('top', '--by', 'name');
    is($status, 64, 'an order that there is not');
};

subtest 'counters survive kill -9 and restart' => sub {
    wait_kept('shop@mx.sandbox.example', qr/^hour +2 +5 /m);
    $box->stop_outvetd('KILL');
    $box->stop_postfix; # its smtpd(8) still have connections to the one that is gone
    $box->start_outvetd;
    $box->start_postfix;
    my ($status, $transcript) = send_as('shop');
    isnt($status, 0, 'still over its limit') or diag $transcript;
    like($transcript, qr/You have sent 6 recipients in an hour/, 'no more and no less');
};

subtest 'a database tells which plan an account has' => sub {
    my $file = "$box->{dir}/outvet.conf";
    my ($status, $out, $err) = $box->run(['sqlite3', "$box->{dir}/etc/plans.sqlite",
        "create table customers (login text, plan text); insert into customers values ('gold\@mx.sandbox.example', 'two'), ('other\@mx.sandbox.example', 'platinum')"]);
    is($status, 0, 'a database') or diag $err;
    Sandbox::spew("$box->{dir}/etc/plans.cf", "dbpath = $box->{dir}/etc/plans.sqlite\nquery = select plan from customers where login = '%s'\n");
    my $before = Sandbox::slurp($file);
    Sandbox::spew($file, "$before\n[accounts]\nplan_maps = sqlite:$box->{dir}/etc/plans.cf\n[plan two]\nfor =\nrecipients = 2/hour\n");
    ($status, $out, $err) = $box->outvet('config', 'reload');
    is($status, 0, 'a reload brings it') or diag $err;
    ($status, my $transcript) = send_as('gold', to => \@three);
    is(() = $transcript =~ /250 2\.1\.5/g, 2, 'two of three recipients');
    like($transcript, qr/450 4\.7\.1 .*You have sent 3 recipients in an hour, and plan two allows 2/, 'by the plan that it tells');
    ($status) = send_as('other') for 1 .. 3;
    is($status, 0, 'who has none by the settings, and one that there is not by look-up, sends');
    is(() = $box->logs =~ /event=plan-maps account=other\@mx\.sandbox\.example plan=platinum error=/g, 1, 'which is logged once');
    wait_kept('gold@mx.sandbox.example', qr/^  2 of 2 recipients in an hour/m);
    (undef, $out) = $box->outvet('account', 'gold@mx.sandbox.example');
    like($out, qr/^Plan two; what is beyond it: defer\n  2 of 2 recipients in an hour/m, 'outvet account knows it');
    like(($box->outvet('status'))[1], qr/^plan_maps\.state +answering$/m, 'outvet status');
    Sandbox::spew($file, $before);
    $box->outvet('config', 'reload');
};

subtest 'without the milter the policy service alone holds the limit' => sub {
    $box->stop_postfix;
    Sandbox::spew("$box->{dir}/etc/main.cf", Sandbox::slurp("$box->{dir}/etc/main.cf") =~ s/^smtpd_milters = .*/smtpd_milters =/mr);
    $box->start_postfix;
    my ($status) = send_as('another', to => \@three);
    is($status, 0, 'taken');
    my $file = "$box->{dir}/outvet.conf";
    Sandbox::spew($file, Sandbox::slurp($file) . "\n[plan another]\nfor = another@*\nrecipients = 4/hour\nover = hold\n");
    my ($reload, $out, $err) = $box->outvet('config', 'reload');
    is($reload, 0, 'a reload brings a plan') or diag $err;
    ($status) = send_as('another', to => ['dan@outside.example']);
    is($status, 0, 'the fourth');
    ($status) = send_as('another', to => ['eve@outside.example']);
    is($status, 0, 'the fifth is taken');
    $box->wait_quiet;
    is((grep { $_->{queue_name} eq 'hold' && $_->{recipients}[0]{address} eq 'eve@outside.example' } $box->queue), 1,
        'and held by Postfix');
};

subtest 'a wrong plan is refused with a sentence' => sub {
    my $file = "$box->{dir}/outvet.conf";
    Sandbox::spew($file, Sandbox::slurp($file) . "\n[plan wrong]\nmessages = 5/fortnight\n");
    my ($status, $out, $err) = $box->outvet('config', 'check');
    is($status, 78, 'settings');
    like($err, qr/outvet\.conf:\d+: \[plan wrong\] messages = 5\/fortnight: 5\/fortnight is no bound; write 500\/hour/, 'where and what');
};

done_testing;
