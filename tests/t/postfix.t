#!/usr/bin/perl
# Every verdict through a real Postfix: by SMTP, by an authenticated submission, by sendmail(1).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use Sandbox;
use Test::More;
use Verdicts;

my $box = Sandbox->new(
    settings => verdict_settings() . "[accounts]\nsender_login_maps = postfix\n",
    main_cf => {
        smtpd_sender_login_maps => 'inline:{ {paul@sandbox.example = shop, shop@mx.sandbox.example}'
            . ' {boss@sandbox.example = boss} }',
    });
verdict_rules($box);
$box->add_login('shop', 'secret');
$box->start;
my @to = ('ann@outside.example');
my $from = 'paul@sandbox.example';

sub by_smtp { return $box->send_smtp(message => $_[0], from => $from, to => \@to) }
sub row {
    my ($id) = @_;
    my @rows = $box->ledger("select * from messages where message_id = '<$id>'");
    is(@rows, 1, "one row in the ledger for $id");
    return $rows[0] // {};
}
sub sink { my ($id) = @_; return grep {/^Message-ID: <\Q$id\E>/mi} $box->delivered }

subtest 'an ordinary letter is accepted, unchanged' => sub {
    my ($status) = by_smtp(letter('Meeting on Thursday', id => 'plain@sandbox.example'));
    is($status, 0, 'taken by Postfix');
    $box->wait_quiet;
    my ($got) = sink('plain@sandbox.example');
    ok($got, 'reached the outside');
    unlike($got, qr/X-Outvet/i, 'bears no tag');
    my $row = row('plain@sandbox.example');
    is($row->{verdict}, 'accept', 'verdict');
    is($row->{sender}, $from, 'envelope sender');
    ok($row->{queue_id}, 'queue id');
    like($box->mail_log, qr/$row->{queue_id}: message-id=<plain\@sandbox.example>/, 'the queue id is Postfix\'s');
};

subtest 'a tagged message passes with score, hits and id' => sub {
    by_smtp(letter('please tag this', id => 'tag@sandbox.example'));
    $box->wait_quiet;
    my ($got) = sink('tag@sandbox.example');
    like($got, qr/^X-Outvet-Score: 4/m, 'score');
    like($got, qr/^X-Outvet-Hits:.*TEST_TAG/m, 'hits');
    like($got, qr/^X-Outvet-Id: [0-9A-Z]{13}\r?$/m, 'id');
    is(row('tag@sandbox.example')->{verdict}, 'tag', 'verdict in the ledger');
};

subtest 'forged tags of a client are removed' => sub {
    my $forged = "X-Outvet-Score: 0.0\nx-outvet-hits: NONE\nX-Outvet-Id: 0000000000000\nX-OUTVET-SCORE: -5\n";
    by_smtp(letter('clean but forged', id => 'forged@sandbox.example', header => $forged));
    by_smtp(letter('please tag, forged', id => 'forged-tag@sandbox.example', header => $forged));
    $box->wait_quiet;
    my ($clean) = sink('forged@sandbox.example');
    unlike($clean, qr/^X-Outvet/mi, 'gone from a clean message');
    my ($tagged) = sink('forged-tag@sandbox.example');
    my @scores = $tagged =~ /^X-Outvet-Score:\s*(\S+)/mgi;
    is(@scores, 1, 'one score left');
    like($scores[0], qr/^4/, 'and it is ours');
};

my $held_body = "Dear Ms Weaver,\n\n  leading spaces stay\n.a dot too\n\nKind regards\n";
subtest 'a held message waits in the hold queue and arrives unchanged when released' => sub {
    my ($status) = by_smtp(letter('please hold this', id => 'hold@sandbox.example', body => $held_body));
    is($status, 0, 'the client is not told');
    my $row = row('hold@sandbox.example');
    is($row->{verdict}, 'hold', 'verdict');
    my ($queued) = grep { $_->{queue_id} eq $row->{queue_id} } $box->queue;
    is($queued->{queue_name}, 'hold', 'in the hold queue');
    is(sink('hold@sandbox.example'), 0, 'not delivered');

    my ($listed, $list) = $box->outvet('held', 'list');
    is($listed, 0, 'outvet held list');
    like($list, qr/\Q$row->{queue_id}\E/, 'shows it');
    my (undef, $why) = $box->outvet('held', 'why', $row->{queue_id});
    like($why, qr/TEST_HOLD/, 'why names the rule');
    like($why, qr/Do not ask to be held/, 'and its advice');

    my ($released, $out, $err) = $box->outvet('held', 'release', $row->{queue_id});
    is($released, 0, 'released') or diag $out, $err;
    $box->run(['/usr/sbin/postqueue', '-c', "$box->{dir}/etc", '-f']);
    $box->wait_until('the released message to arrive', 30, sub { sink('hold@sandbox.example') });
    my ($got) = sink('hold@sandbox.example');
    $got =~ s/\r\n/\n/g;
    my (undef, $body) = split /\n\n/, $got, 2;
    is($body =~ s/\n+\z/\n/r, $held_body, 'body as it was sent');
    like($got, qr/^Subject: please hold this$/m, 'subject as it was sent');
    my @actions = $box->ledger('select * from actions');
    is($actions[0]{action}, 'release', 'the release is in the ledger');
};

subtest 'a held message can be deleted' => sub {
    by_smtp(letter('please hold, then delete', id => 'delete@sandbox.example'));
    my $row = row('delete@sandbox.example');
    my ($status, $out, $err) = $box->outvet('held', 'delete', '--yes', $row->{queue_id});
    is($status, 0, 'deleted') or diag $out, $err;
    is((grep { $_->{queue_id} eq $row->{queue_id} } $box->queue), 0, 'gone from the queue');
};

subtest 'a rejected message is refused with advice that names the rule' => sub {
    my ($status, $transcript) = by_smtp(letter('please reject this', id => 'reject@sandbox.example'));
    isnt($status, 0, 'refused');
    like($transcript, qr/550[- ]5\.7\.1 .*TEST_REJECT/, 'rule in the reply');
    like($transcript, qr/Do not ask to be rejected/, 'advice in the reply');
    is(row('reject@sandbox.example')->{verdict}, 'reject', 'verdict');
};

subtest 'an authenticated submission names its login as account' => sub {
    my ($status, $transcript) = $box->send_smtp(message => letter('by login', id => 'login@sandbox.example',
            header => "X-PHP-Originating-Script: 1000:other.php\n"),
        from => $from, to => \@to, login => 'shop', password => 'secret');
    is($status, 0, 'taken') or diag $transcript;
    my $row = row('login@sandbox.example');
    like($row->{login}, qr/^shop/, 'login');
    is($row->{account}, $row->{login}, 'account');
    is($row->{account_source}, 'login', 'found by login');
    is($row->{script}, undef, 'a script named by an SMTP client is not trusted');
    is($row->{claimed_script}, '1000:other.php', 'but kept as its claim');
};

subtest 'a login that uses the address of another is held' => sub {
    my %login = (from => $from, to => \@to, login => 'shop', password => 'secret');
    my $boss = letter('by login', id => 'boss@sandbox.example') =~ s/^From: .*/From: Boss <boss\@sandbox.example>/mr;
    my ($status, $transcript) = $box->send_smtp(%login, message => $boss);
    is($status, 0, 'taken') or diag $transcript;
    is(row('boss@sandbox.example')->{verdict}, 'hold', 'a From of somebody else');
    $box->send_smtp(%login, from => 'boss@sandbox.example', message => letter('by login', id => 'mail-from@sandbox.example'));
    is(row('mail-from@sandbox.example')->{verdict}, 'hold', 'a MAIL FROM of somebody else');
    my @hits = $box->ledger("select m.message_id id, h.evidence from hits h join messages m on m.id = h.message"
            . " where rule = 'AUTH_FROM_NOT_OWNED' order by m.id");
    is_deeply([map {"$_->{id} $_->{evidence}"} @hits],
        ['<boss@sandbox.example> boss@sandbox.example', '<mail-from@sandbox.example> boss@sandbox.example'],
        'by this rule, with the address; not the letter of its own before');
    like(($box->outvet('status'))[1], qr/^login_maps\.state +answering$/m, 'outvet status');

    my $file = "$box->{dir}/boss.eml";
    Sandbox::spew($file, $boss);
    my ($code, $out) = $box->outvet('check', '--login', 'shop', '--sender', $from, $file);
    like($out, qr/AUTH_FROM_NOT_OWNED/, 'outvet check --login asks the same maps');
    unlike(($box->outvet('check', '--login', 'boss', '--sender', 'boss@sandbox.example', $file))[1],
        qr/AUTH_FROM_NOT_OWNED/, 'and knows the owner');
};

subtest 'mail handed to sendmail(1) is judged, by its script' => sub {
    my $script = "X-PHP-Originating-Script: 33:contact.php\n";
    my ($status, $out) = $box->send_local(message => letter('by script', id => 'script@sandbox.example', header => $script),
        from => 'web@sandbox.example', to => \@to);
    is($status, 0, 'taken') or diag $out;
    $box->send_local(message => letter('please hold, from a script', id => 'script-hold@sandbox.example', header => $script),
        from => 'web@sandbox.example', to => \@to);
    $box->send_local(message => letter('please tag, from a script', id => 'script-tag@sandbox.example', header => $script),
        from => 'web@sandbox.example', to => \@to);
    $box->wait_quiet;
    my $row = row('script@sandbox.example');
    is($row->{account_source}, 'script', 'account found by script');
    is($row->{account}, 'www-data', 'the account is the script\'s owner');
    like($row->{script}, qr/contact\.php/, 'the script is kept');
    is($row->{verdict}, 'accept', 'accepted');
    my $held = row('script-hold@sandbox.example');
    is((grep { $_->{queue_id} eq $held->{queue_id} && $_->{queue_name} eq 'hold' } $box->queue), 1, 'held');
    like((sink('script-tag@sandbox.example'))[0], qr/^X-Outvet-Score: 4/m, 'tagged');
};

subtest 'a rejected message of sendmail(1) comes back as a bounce, which is not judged again' => sub {
    $box->send_local(message => letter('please reject, from a script', id => 'script-reject@sandbox.example'),
        from => 'web@sandbox.example', to => \@to);
    $box->wait_until('the verdict', 20, sub { $box->ledger("select 1 from messages where message_id like '%script-reject%'") });
    is(row('script-reject@sandbox.example')->{verdict}, 'reject', 'verdict');
    $box->wait_until('the bounce', 30, sub { grep {/^To: web\@sandbox\.example/m && /TEST_REJECT/} $box->delivered });
    pass('the sender has the bounce, with the rule');
};

subtest 'several messages, a reset and pipelining on one connection' => sub {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $box->{smtp_port}, Timeout => 10);
    my $answer = sub { local $/ = "\r\n"; my $line; do { $line = <$socket> } while $line =~ /^\d{3}-/; return $line };
    $answer->();
    print $socket "EHLO client.example\r\n";
    $answer->();
    print $socket "MAIL FROM:<$from>\r\nRCPT TO:<$to[0]>\r\nRSET\r\n";
    $answer->() for 1 .. 3;
    for my $number (1 .. 3) {
        my $mail = letter("please tag number $number", id => "pipeline-$number\@sandbox.example") =~ s/\n/\r\n/gr;
        print $socket "MAIL FROM:<$from>\r\nRCPT TO:<$to[0]>\r\nDATA\r\n";
        $answer->() for 1 .. 3;
        print $socket "$mail.\r\n";
        like($answer->(), qr/^250/, "message $number taken");
    }
    print $socket "QUIT\r\n";
    $answer->();
    my @rows = $box->ledger("select verdict from messages where message_id like '%pipeline-%'");
    is_deeply([map { $_->{verdict} } @rows], [('tag') x 3], 'each judged');
};

subtest 'no recipient address stays in the ledger by default' => sub {
    my (undef, $dump) = $box->run(['sqlite3', "$box->{dir}/state/ledger.sqlite", '.dump']);
    like($dump, qr/outside\.example/, 'domains do');
    unlike($dump, qr/ann\@outside\.example/, 'addresses do not');
};

subtest 'the log has one line a message, queue id first, and no content' => sub {
    my $row = row('tag@sandbox.example');
    my @lines = grep {/^\S*\s*$row->{queue_id}: /} split /\n/, $box->outvetd_log;
    is(@lines, 1, 'one line') or diag $box->outvetd_log;
    like($lines[0] // '', qr/verdict=tag/, 'with the verdict');
    unlike($box->outvetd_log, qr/Kind regards/, 'no body');
};

$box->stop;
done_testing;
