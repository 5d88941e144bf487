#!/usr/bin/perl
# Alerts through a real Postfix: what is told, and that an alert mail passes outvetd untouched.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Handle;
use JSON::PP qw(decode_json);
use MIME::QuotedPrint qw(decode_qp);
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $alert = <<'END';
[alert]
mail_to = ops@outside.example
from = outvet@sandbox.example
END
my $box = Sandbox->new(sends => 1, settings => verdict_settings() . $alert);
plan skip_all => 'no mount name spaces here' unless $box->name_spaces;
verdict_rules($box);
# The letters here come from the reserved domains of documentation.
Sandbox::spew("$box->{dir}/rules.d/quiet.conf", "[HDR_MSGID_DOMAIN]\nenabled = no\n");
$box->start;

sub status { return decode_json(($box->outvet('status', '--json'))[1])->{alerts} }

# Alert mails that arrived, as text.
sub alerts { return grep {/^Subject: \[outvet sandbox\] /m} $box->delivered }

sub body_of { return decode_qp(($_[0] =~ /\n\n(.*)/s)[0]) }

sub send_letter {
    my ($subject, %option) = @_;
    return $box->send_smtp(message => letter($subject, %option), from => $option{from} // 'shop@sandbox.example',
        to => ['ann@outside.example']);
}

subtest 'a test alert arrives' => sub {
    my ($code, $out, $err) = $box->outvet('alert', 'test');
    is($code, 0, 'sent') or diag $out, $err, $box->logs;
    is($out, "mail: sent\n", 'is told so');
    $box->wait_until('the test alert', 20, sub { alerts() == 1 });
    my ($mail) = alerts();
    like($mail, qr/^To: ops\@outside\.example$/m, 'to the operator');
    like($mail, qr/^From: Outvet <outvet\@sandbox\.example>$/m, 'from the fixed sender');
    like($mail, qr/^Auto-Submitted: auto-generated$/m, 'that no machine answers');
    unlike($mail, qr/^X-Outvet-/mi, 'nothing of ours is left in its header');
    like(body_of($mail), qr/^Test alert: sandbox$/m, 'says what it is');
};

subtest 'a held message is told, with what to do' => sub {
    my ($status, $out) = send_letter('please hold');
    is($status, 0, 'taken') or diag $out;
    $box->wait_until('the alert', 20, sub { alerts() == 2 });
    my $text = body_of((alerts())[1]);
    my ($held) = grep { $_->{queue_name} eq 'hold' } $box->queue;
    like($text, qr/^First held message: shop\@sandbox\.example$/m, 'whose');
    like($text, qr/^  Why:  score \d+\.\d\d: TEST_HOLD 7\.00/m, 'why');
    like($text, qr/\bmessage $held->{queue_id}: outvet trace $held->{queue_id}$/m, 'which');
    like($text, qr/outvet held show \w{13}\b/, 'what to do');
};

subtest 'an alert is judged by nobody and is no alert' => sub {
    is(() = $box->outvetd_log =~ /verdict=accept because="it is Outvet's own"/g, 2, 'let through');
    is(($box->ledger("select count(*) n from messages where sender like 'outvet%'"))[0]{n}, 0, 'not judged');
    is(status()->{raised}, 1, 'one alert was raised in all');
};

subtest 'further held messages of that account are gathered, another account is told' => sub {
    send_letter('please hold') for 1 .. 3;
    send_letter('please hold', from => 'blog@sandbox.example');
    $box->wait_until('the alert', 20, sub { alerts() == 3 });
    like((alerts())[2], qr/^Subject: .*First held message: blog\@sandbox\.example$/m, 'the other account alone');
    is(status()->{waiting_subjects}, 1, 'the first waits');
    is(status()->{channels}[0]{sent}, 2, 'mails are counted');
};

subtest 'a forged or stolen seal opens nothing' => sub {
    my ($mail) = alerts();
    my ($id) = $mail =~ /^Message-ID: <([^>]+)>/mi;
    my (undef, $answer) = send_letter('please reject', id => $id, header => 'X-Outvet-Alert: ' . 'a' x 64 . "\n");
    like($answer, qr/550 5\.7\.1 /, 'not taken');
    is(($box->ledger("select count(*) n from messages where verdict = 'reject'"))[0]{n}, 1, 'judged as any other');
    my ($status) = send_letter('A letter', header => 'X-Outvet-Alert: ' . 'a' x 64 . "\n");
    is($status, 0, 'a harmless one passes');
    $box->wait_quiet;
    my ($letter) = grep {/^Subject: A letter/m} $box->delivered;
    ok($letter, 'arrives');
    unlike($letter, qr/^X-Outvet-Alert/mi, 'without the field');
};

subtest 'trouble of the ledger is told, although nothing can be recorded' => sub {
    my $before = alerts();
    open my $sqlite, '|-', 'sqlite3', "$box->{dir}/state/ledger.sqlite" or die "sqlite3: $!\n";
    $sqlite->autoflush;
    print $sqlite "BEGIN EXCLUSIVE;\n";
    my $answer;
    $box->wait_until('the ledger to be locked', 20, sub {
        (undef, $answer) = send_letter('A letter');
        return $answer =~ /451 4\.3\.0 /;
    });
    $box->wait_until('the alert', 20, sub { alerts() == $before + 1 });
    my ($mail) = reverse alerts();
    like($mail, qr/^Subject: .*Trouble of Outvet: ledger$/m, 'what');
    like(body_of($mail), qr/^  Why:  .*lock/m, 'why');
    close $sqlite;
    $box->wait_until('the ledger to work', 20, sub { (send_letter('A letter'))[0] == 0 });
};

subtest 'a suspension is told' => sub {
    my $before = alerts();
    is(($box->outvet('suspend', '--for', '1h', '--reason', 'stolen password', 'shop@sandbox.example'))[0], 0, 'suspend');
    $box->wait_until('the alert', 20, sub { alerts() == $before + 1 });
    my ($mail) = reverse alerts();
    like($mail, qr/^Subject: .*Suspended: account:shop\@sandbox\.example$/m, 'who');
    my $text = body_of($mail);
    like($text, qr/^  Why:  stolen password$/m, 'why');
    like($text, qr/outvet resume account:shop\@sandbox\.example$/m, 'what to do');
    is(($box->outvet('resume', 'shop@sandbox.example'))[0], 0, 'resume');
};

subtest 'a sendmail that fails is told' => sub {
    my $dir = "$box->{dir}/broken";
    mkdir $dir or die $!;
    Sandbox::spew("$dir/sendmail", "#!/bin/sh\necho 'queue is \e[31mfull' >&2\nexit 75\n", 0755);
    my $file = "$box->{dir}/outvet.conf";
    Sandbox::spew($file, Sandbox::slurp($file) =~ s/^\[mta\]\n/$&command_directory = $dir\n/mr);
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    my ($code, $out) = $box->outvet('alert', 'test');
    is($code, 69, 'exit status');
    like($out, qr{^mail: failed: \Q$dir\E/sendmail: queue is .*full$}, 'why');
    unlike($out, qr/\e/, 'safe for a terminal');
    my ($json) = ($box->outvet('alert', 'test', '--json'))[1];
    is(decode_json($json)->{ok}, JSON::PP::false, 'for programs');
};

subtest 'without a channel there is nothing to test' => sub {
    $box->write_settings(verdict_settings());
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    my ($code, undef, $err) = $box->outvet('alert', 'test');
    is($code, 78, 'exit status');
    like($err, qr/no channel is set/, 'says so');
};

is($box->stop_outvetd, 0, 'a clean end');
like($box->outvetd_log, qr/event=alert kind=held subject=shop\@sandbox\.example count=3 /, 'what was gathered is told at the end');
done_testing;
