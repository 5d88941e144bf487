#!/usr/bin/perl
# outvet feedback: a complaint about a message that went through Postfix and milter, what becomes of the
# next mailing, and of who sent it.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use IO::Handle;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new(settings => <<'END', main_cf => {mydestination => 'loops.sandbox.example'});
[plan shop]
for = shop@*
complaints = 1/day 50%/week
over = suspend
suspend_for = 30m
END
# As outvet-feedback(1) says: by a transport, and by an alias, whose command runs as the owner of the file.
my $aliases = "$box->{dir}/etc/outvet/aliases";
make_path("$box->{dir}/etc/outvet");
copy("$Sandbox::build/outvet", "$box->{dir}/outvet") or die "outvet: $!\n"; # where that owner can run it
chmod 0755, "$box->{dir}/outvet";
Sandbox::spew($aliases, "fbl: \"|$box->{dir}/outvet feedback import --config $box->{dir}/outvet.conf -\"\n");
chown((getpwnam $box->{user})[2, 3], "$box->{dir}/etc/outvet", $aliases);
$box->{main_cf}{alias_maps} = "hash:$aliases";
$box->{main_cf}{transport_maps} = 'inline:{fbl-transport@loops.sandbox.example=feedback:}';
$box->write_postfix;
Sandbox::spew("$box->{dir}/etc/master.cf", Sandbox::slurp("$box->{dir}/etc/master.cf")
    . "feedback unix - n n - 1 pipe\n  flags=q user=$box->{user} argv=$box->{dir}/outvet feedback import --config $box->{dir}/outvet.conf -\n");
my ($aliases_status, undef, $aliases_err) = $box->run(['/usr/sbin/postalias', '-c', "$box->{dir}/etc", "hash:$aliases"]);
BAIL_OUT("postalias: $aliases_err") if $aliases_status;
$box->add_login($_, 'secret') for qw(shop other);
$box->start;

sub feedback {
    my ($verb, @words) = @_;
    my %option = ref $words[-1] ? %{pop @words} : ();
    return $box->run(["$Sandbox::build/outvet", 'feedback', $verb, '--config', "$box->{dir}/outvet.conf", @words], %option);
}
sub json_lines { return map { decode_json($_) } split /\n/, $_[0] }

my $mailing = "List-Id: News <news.sandbox.example>\nList-Unsubscribe: <https://sandbox.example/u/7f3a9c21>, <mailto:leave\@sandbox.example>\n"
    . "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n";
my $n = 0;
# Sends it; its Message-ID without <>, what SMTP said, its row and whether UNSUB_SUPPRESSED_RCPT hit.
sub send_as {
    my ($login, $to, $header) = @_;
    my $id = 'message-' . ++$n . '@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(message => letter('What we built in autumn', id => $id, header => $header,
            body => "Good morning,\n\nthe new hall stands, and you may see it on Friday.\n\nTo unsubscribe: https://sandbox.example/u/7f3a9c21\n"),
        from => "$login\@sandbox.example", to => [$to], login => $login, password => 'secret');
    my ($row) = $box->ledger("select * from messages where message_id = '<$id>'");
    my ($hit) = $row ? $box->ledger("select * from hits where message = $row->{id} and rule = 'UNSUB_SUPPRESSED_RCPT'") : ();
    return ($id, $transcript, $row, $hit ? 1 : 0);
}
# As a loop sends it, with the recipient redacted.
sub report {
    my ($id, %option) = @_;
    my $type = $option{type} // 'abuse';
    return <<"END";
From: Feedback Loop <fbl\@loop.example>
To: fbl\@sandbox.example
Subject: Abuse report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody complained.
--b
Content-Type: message/feedback-report

Feedback-Type: $type
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: redacted\@mailbox.example
Source-IP: 192.0.2.10

--b
Content-Type: text/rfc822-headers

From: shop\@sandbox.example
Message-ID: <$id>

--b--
END
}

my @sent = map { (send_as('other', $_, $mailing))[0] } qw(ann@outside.example bob@outside.example);

subtest 'a report is taken in once' => sub {
    my ($status, $out, $err) = feedback('import', '--json', '-', {input => report($sent[0])});
    is($status, 0, 'works') or diag $err;
    my $taken = decode_json($out);
    is($taken->{account}, 'other@mx.sandbox.example', 'the account');
    is($taken->{domain}, 'sandbox.example', 'the domain');
    is($taken->{reporter}, 'loop.example', 'by whom');
    ok($taken->{suppressed} && $taken->{recipient_known} && !$taken->{known}, 'its only recipient is suppressed');
    ($status, $out) = feedback('import', '-', {input => report($sent[0])});
    like($out, qr/^-: abuse by loop\.example: message \w+ of account other\@mx\.sandbox\.example; it is known already\.$/, 'again');
    (undef, $out) = feedback('import', '--json', '-', {input => report($sent[0])});
    ok(decode_json($out)->{known} && !decode_json($out)->{suppressed}, 'and nothing is done about it once more');
    my @all = json_lines((feedback('list', '--json'))[1]);
    is(@all, 1, 'listed once');
    is($all[0]{message}, $taken->{message}, 'with its message');
    ok($all[0]{suppressed} && $all[0]{operator} && $all[0]{source} eq '192.0.2.10', 'and what is known of it');
    like((feedback('list'))[1], qr/^NUMBER +TIME +TYPE.*\n +1 .* recipient suppressed$/m, 'for people');
    like((feedback('list', '--account', 'nobody'))[1], qr/^No complaints\.$/, 'of another account none');
    is((feedback('list', '--since', 'yesterday'))[0], 64, 'a wrong time');
};

subtest 'who complained gets no more mailings, with the next one' => sub {
    my ($row, $hit);
    $box->wait_until("outvetd to know", 60, sub { (undef, undef, $row, $hit) = send_as('other', 'ann@outside.example', $mailing); $hit });
    is($row->{verdict}, 'hold', 'a mailing is held');
    is_deeply([@{(send_as('other', 'bob@outside.example', $mailing))[2]}{qw(verdict)}], ['accept'], 'not another\'s');
    is((send_as('other', 'ann@outside.example', ''))[2]{verdict}, 'accept', 'nor a letter');
    my ($list) = json_lines(($box->run(["$Sandbox::build/outvet", 'suppress', 'list', '--json', '--config', "$box->{dir}/outvet.conf"]))[1]);
    is($list->{complaint}, 1, 'by that complaint');
    like(($box->outvet('trace', "<$sent[0]>"))[1], qr/complaint: abuse by loop\.example; its recipient is suppressed$/m, 'outvet trace tells it');
    my ($trace) = json_lines(($box->outvet('trace', '--json', "<$sent[0]>"))[1]);
    is($trace->{complaints}[0]{reporter}, 'loop.example', 'and for programs');
};

subtest 'what is no complaint about our mail' => sub {
    my ($status, $out) = feedback('import', '-', {input => report('nobody@elsewhere.example')});
    is($status, 0, 'not ours');
    like($out, qr/: not ours: the ledger has no such message\.$/, 'is told');
    my ($letter_status, undef, $err) = feedback('import', '-', {input => "From: a\@b.example\nSubject: Hello\n\nHow are you?\n"});
    is($letter_status, 0, 'a letter to the alias is no trouble: nobody gets a bounce');
    like($err, qr/no feedback report/, 'and is told');
    is((feedback('import', "$box->{dir}/none.eml"))[0], 66, 'a file that is not there');
    is((feedback('import', '-', {input => ''}))[0], 0, 'nor is nothing at all');
};

subtest 'many reports at once' => sub {
    my $other = report('nobody@elsewhere.example');
    my $mbox = join '', map {"From loop\@loop.example Mon Nov 23 20:02:53 2026\n$_\n"} report($sent[0]), $other;
    Sandbox::spew("$box->{dir}/reports.mbox", $mbox);
    my ($status, $out, $err) = feedback('import', "$box->{dir}/reports.mbox");
    is($status, 0, 'an mbox') or diag $err;
    like($out, qr/^\S+ \(message 1\): abuse .*; it is known already\.\n\S+ \(message 2\): abuse .*: not ours: .*; it is known already\.\n\z/, 'each of its reports is told');
    my ($known, $no_report) = json_lines((feedback('import', '--json', '-',
        {input => $mbox =~ s/Content-Type: multipart.*\z/\nNo report.\n/sr . "\n" . $mbox}))[1]);
    is_deeply([@{$no_report}{qw(file number)}], ['-', 2], 'with its number, for programs');
    make_path("$box->{dir}/Maildir/new");
    Sandbox::spew("$box->{dir}/Maildir/new/$_.eml", report($sent[0])) for 1, 2;
    is(() = (feedback('import', "$box->{dir}/Maildir"))[1] =~ /known already/g, 2, 'and of a directory');
};

subtest 'a plan bounds complaints' => sub {
    my @ids = map { (send_as('shop', "$_\@outside.example", ''))[0] } qw(cy dora);
    for my $id (@ids) {
        Sandbox::spew("$box->{dir}/$id.eml", report($id));
        my ($status, $out, $err) = feedback('import', "$box->{dir}/$id.eml");
        is($status, 0, 'taken in') or diag $err;
    }
    my $account = sub {
        return decode_json(($box->run(["$Sandbox::build/outvet", 'account', '--json', '--config', "$box->{dir}/outvet.conf", 'shop@mx.sandbox.example']))[1]);
    };
    $box->wait_until('the complaints to be counted', 60, sub { $account->()->{volumes}{day}{complained} == 2 });
    is($account->()->{plan}{bounds}[0]{bound}, '2 of 1 complaints in a day', 'the plan is passed');
    my ($status, $out) = $box->outvet('account', 'shop@mx.sandbox.example');
    like($out, qr/^  2 of 1 complaints in a day  \(used up\)$/m, 'in words');
    like($out, qr/^  [\d.]+ of 50 % complaints in a week  \(counts from 1000 on\)$/m, 'and what is a share of too little passes nothing');
    my (undef, $transcript) = send_as('shop', 'eve@outside.example', '');
    my ($suspension) = $box->ledger("select * from suspensions where subject = 'account:shop\@mx.sandbox.example'");
    ok($suspension, 'the next message suspends the account') or diag $transcript;
    like($suspension->{reason}, qr/2 complaints in a day/, 'and why');
    my ($line) = grep { /event=complaint/ } split /\n/, $box->outvetd_log;
    like($line, qr/type=abuse reporter=loop\.example account=other\@\S+ domain=sandbox\.example id=\w+ state=counted/, 'the log tells each');
    is_deeply(decode_json(($box->outvet('status', '--json'))[1])->{complaints}, {counted => 3, not_ours => 1}, 'and the status how many');
    feedback('import', '-', {input => report($ids[0])});
    is(scalar(grep { /event=complaint/ } split /\n/, $box->outvetd_log), 4, 'and none twice');
};

subtest 'Postfix pipes reports, and tries again where the ledger can\'t be written' => sub {
    my @ids = map { (send_as('other', "$_\@outside.example", $mailing))[0] } qw(fay guy hal);
    my $taken = sub { my ($id) = @_; return $box->ledger("select suppressed, operator from complaints where message_id = '<$id>'") };
    my $post = sub { $box->send_smtp(message => report($_[0]), from => 'fbl@loop.example', to => ["$_[1]\@loops.sandbox.example"]) };
    for ([$ids[0], 'fbl'], [$ids[2], 'fbl-transport']) {
        my ($id, $to) = @$_;
        $post->($id, $to);
        $box->wait_until("the report to $to to be taken in", 60, sub { $taken->($id) });
        ok(($taken->($id))[0]{suppressed}, "by $to");
        is(($taken->($id))[0]{operator}, $box->{user}, 'as outvetd\'s user');
    }
    chmod 0400, "$box->{dir}/state/ledger.sqlite";
    $post->($ids[1], 'fbl');
    $box->wait_until('Postfix to put it off', 60, sub { $box->mail_log =~ /to=<fbl\@loops\S+ .*status=deferred/ });
    is(scalar(my @none = $taken->($ids[1])), 0, 'nothing is recorded');
    chmod 0600, "$box->{dir}/state/ledger.sqlite";
    $box->wait_until('it to come again', 60, sub { $taken->($ids[1]) });
    pass('it is not lost');
};

subtest 'a ledger that can\'t be written has the MTA try again' => sub {
    open my $sqlite, '|-', 'sqlite3', "$box->{dir}/state/ledger.sqlite" or die "sqlite3: $!\n";
    $sqlite->autoflush(1);
    print $sqlite ".timeout 10000\nBEGIN IMMEDIATE;\n.shell touch $box->{dir}/locked\n";
    $box->wait_until('the lock', 30, sub { -e "$box->{dir}/locked" });
    my ($status, undef, $err) = feedback('import', '-', {input => report($sent[1])});
    is($status, 75, 'exit 75') or diag $err;
    print $sqlite "ROLLBACK;\n.quit\n";
    close $sqlite;
    is((feedback('import', '-', {input => report($sent[1])}))[0], 0, 'then');
    Sandbox::spew("$box->{dir}/faulty.conf", "[no such thing\n");
    is(($box->run(["$Sandbox::build/outvet", 'feedback', 'import', '--config', "$box->{dir}/faulty.conf", '-'], input => report($sent[1])))[0], 75,
        'faulty settings likewise');
};

done_testing;
