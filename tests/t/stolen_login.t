#!/usr/bin/perl
# A stolen login floods, and a web form's script: each is stopped at its limit, its mail held in the queue
# of a real Postfix; the operator is told, sees why, and lets it go.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $port = Sandbox::free_port();
my $box = Sandbox->new(
    settings => <<"END",
[policy]
socket = inet:$port\@127.0.0.1
[plan people]
for = *\@mx.sandbox.example
messages = 5/hour
over = suspend
suspend_for = 2h
[plan forms]
of = script
messages = 4/10min
over = suspend
END
    main_cf => {
        smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port, permit",
        transport_maps => 'inline:{later.example=smtp:[127.0.0.1]:1}',
        minimal_backoff_time => '1h', maximal_backoff_time => '2h', queue_run_delay => '1h',
        default_destination_concurrency_failed_cohort_limit => 0,
    });
$box->add_login($_, 'secret') for qw(paul anna);
$box->start;
$box->start_agent;

my $n = 0;
sub by_login {
    my ($login) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter('The report', id => 'login-' . ++$n . '@sandbox.example'),
        from => "$login\@sandbox.example", to => ['ann@later.example'], login => $login, password => 'secret');
    return wantarray ? ($status == 0, $transcript) : $status == 0;
}
# As a PHP script does it.
sub by_script {
    my $id = 'form-' . ++$n . '@sandbox.example';
    my ($status, $out) = $box->send_local(from => 'www@sandbox.example', to => ['ann@later.example'],
        message => letter('Your enquiry', id => $id, header => "X-PHP-Originating-Script: 33:contact.php\n") =~ s/\r\n/\n/gr);
    BAIL_OUT("not taken: $out") if $status;
    return;
}
sub held {
    my @ids = map { $_->{queue_id} } grep { $_->{queue_name} eq 'hold' } $box->queue;
    return @ids;
}
sub outvet_ok {
    my ($status, $out, $err) = $box->outvet(@_);
    is($status, 0, "outvet $_[0]") or diag $err;
    return $out;
}
sub wait_alert {
    my ($subject, $reason) = @_;
    $box->wait_until("the alert about $subject", 20,
        sub { $box->logs =~ /event=alert kind=suspended subject=\Q$subject\E .*reason="$reason/ });
    return;
}

subtest 'a stolen login' => sub {
    my @sent = map { scalar by_login('paul') } 1 .. 8;
    is("@{[map { $_ ? 1 : 0 } @sent]}", '1 1 1 1 1 0 0 0', 'sends what its plan allows, and nothing beyond');
    like((by_login('paul'))[1], qr/Sending is suspended for account \S*paul\S* until .*: 6 messages in an hour, and plan people allows 5/, 'with the reason');
    ok(scalar by_login('anna'), 'nobody else is stopped');
    $box->wait_until('its five to be on hold', 60, sub { 5 == held() });
    my ($held) = held();
    my ($row) = $box->ledger("select account from messages where queue_id = '$held'");
    my $paul = $row->{account};
    like($paul, qr/^paul/, 'of what waited in the queue');
    is(scalar(() = grep { $_->{queue_name} ne 'hold' } $box->queue), 1, 'and nothing of others');
    wait_alert("account:$paul", '6 messages in an hour, and plan people allows 5');
    my $out = outvet_ok('account', $paul);
    like($out, qr/suspended until .* by outvetd: 6 messages in an hour/, 'outvet account explains it');
    like($out, qr/^hour +5 +5 /m, 'and what it sent');
    like(outvet_ok('resume', $paul), qr/5 messages of the queue released/, 'it is let go');
    is(scalar(() = held()), 0, 'with its queue');
    is(scalar by_login('paul'), '', 'its plan holds on');
    outvet_ok('announce', $paul, '--recipients', 3, '--for', '1h', '--reason', 'with a new password');
    $box->wait_until('it to send again', 20, sub { outvet_ok('resume', $paul); scalar by_login('paul') });
};

subtest 'a script of a web form' => sub {
    by_script() for 1 .. 7;
    $box->wait_until('all to be judged', 60, sub {
        ($box->ledger("select count(*) as n from messages where message_id like '<form-%'"))[0]{n} == 7 });
    $box->wait_until('all of it to be on hold', 60, sub { 7 == held() });
    like(outvet_ok('suspensions'), qr/script:33:contact\.php/, 'the script is suspended');
    wait_alert('script:33:contact.php', '5 messages in 10 minutes, and plan forms allows 4');
    like(outvet_ok('account', 'script:33:contact.php'), qr/suspended until .* by outvetd: 5 messages in 10 minutes, and plan forms allows 4/,
        'outvet account explains it');
    like(outvet_ok('resume', 'script:33:contact.php'), qr/4 messages of the queue released/, 'what had left is let go');
    is(scalar(() = held()), 3, 'what the milter held is for outvet held');
    like((outvet_ok('held', 'list'))[0] // '', qr/Your enquiry/, 'which lists it');
};

done_testing;
