#!/usr/bin/perl
# outvet suppress, and what becomes of a mailing to somebody who left it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new;
$box->start;

sub suppress { my ($verb, @words) = @_; return $box->run(["$Sandbox::build/outvet", 'suppress', $verb, '--config', "$box->{dir}/outvet.conf", @words]) }
sub list {
    my (undef, $out) = suppress('list', '--json', @_);
    return map { decode_json($_) } split /\n/, $out;
}

my $mailing = "List-Id: News <news.sandbox.example>\nList-Unsubscribe: <https://sandbox.example/u/7f3a9c21>, <mailto:leave\@sandbox.example>\n"
    . "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n";
my $n = 0;
# The verdict on a message to that address.
sub verdict {
    my ($to, $header) = @_;
    my $id = 'message-' . ++$n;
    my ($status, $transcript) = $box->send_smtp(message => letter('What we built in autumn', id => "$id\@sandbox.example",
            header => $header, body => "Good morning,\n\nthe new hall stands, and you may see it on Friday.\n\n"
            . "To unsubscribe: https://sandbox.example/u/7f3a9c21\n"), from => 'news@sandbox.example', to => [$to]);
    BAIL_OUT("not taken: $transcript") if $status;
    my ($row) = $box->ledger("select * from messages where message_id = '<$id\@sandbox.example>'");
    my ($hit) = $box->ledger("select * from hits where message = $row->{id} and rule = 'UNSUB_SUPPRESSED_RCPT'");
    return ($row->{verdict}, $hit ? 1 : 0);
}

subtest 'who unsubscribed three days ago gets no mailing' => sub {
    is_deeply([verdict('ann@outside.example', $mailing)], ['accept', 0], 'until he does');
    my $since = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 3 * 86400));
    my ($status, $out, $err) = suppress('add', '--since', $since, '--sender', 'News.Sandbox.Example', '<Ann@outside.example>');
    is($status, 0, 'add') or diag $err;
    like($out, qr/^1 added/, 'says so');
    my ($verdict, $hit);
    $box->wait_until('outvetd to know', 60, sub { ($verdict, $hit) = verdict('ann@outside.example', $mailing); $hit });
    is($verdict, 'hold', 'a mailing is held');
    is_deeply([verdict('bob@outside.example', $mailing)], ['accept', 0], 'not another\'s');
    is_deeply([verdict('ann@outside.example', '')], ['accept', 0], 'nor a letter');
};

subtest 'the list' => sub {
    my @all = list();
    is(@all, 1, 'one wish');
    is($all[0]{sender}, 'sandbox.example', 'of an organisational domain');
    like($all[0]{recipient_hash}, qr/^[0-9a-f]{32}$/, 'a hash, no address');
    ok($all[0]{operator}, 'by whom');
    is(scalar(list('ann@OUTSIDE.example')), 1, 'asked of one address');
    is(scalar(list('bob@outside.example')), 0, 'and of another');
    my ($status, $out) = suppress('list');
    like($out, qr/^SINCE +SENDER/, 'for people');
    unlike(Sandbox::slurp("$box->{dir}/state/ledger.sqlite") . Sandbox::slurp("$box->{dir}/state/ledger.sqlite-wal"),
        qr/ann\@outside/i, 'the ledger has no address');
};

subtest 'taken back' => sub {
    like((suppress('remove', 'ann@outside.example'))[1], qr/^0 removed, 1 were not/, 'not of all senders: that was no wish');
    like((suppress('remove', '--sender', 'sandbox.example', 'ann@outside.example'))[1], qr/^1 removed/, 'of this one');
    is(scalar(list()), 0, 'nobody is left');
    is(scalar($box->ledger('select id from suppressions')), 2, 'auditors still see it');
};

subtest 'import' => sub {
    my $file = "$box->{dir}/left.txt";
    Sandbox::spew($file, "# who left\n\nann\@outside.example\nbob\@outside.example\t2026-01-31\r\ncy\@outside.example 2026-01-31T08:00:00Z shop.example\n");
    my ($status, $out, $err) = suppress('import', '--json', '--sender', 'sandbox.example', $file);
    is($status, 0, 'works') or diag $err;
    is_deeply(decode_json($out), { added => 3, unchanged => 0 }, 'all of it');
    my %since = map { $_->{sender} . ' ' . $_->{since} => 1 } list();
    ok($since{'sandbox.example 2026-01-31T00:00:00Z'}, 'a day');
    ok($since{'shop.example 2026-01-31T08:00:00Z'}, 'a time and a sender');
    is_deeply(decode_json((suppress('import', '--json', '--sender', 'sandbox.example', $file))[1]), { added => 0, unchanged => 3 }, 'again: nothing');
    Sandbox::spew($file, "dora\@outside.example\nno address\n");
    ($status, $out, $err) = suppress('import', $file);
    is($status, 66, 'a faulty line');
    like($err, qr/left\.txt:2: /, 'is told');
    is(scalar(list('dora@outside.example')), 0, 'and nothing of the file recorded');
    ($status) = $box->run(["$Sandbox::build/outvet", 'suppress', 'import', '-', '--config', "$box->{dir}/outvet.conf"], input => "eve\@outside.example\n");
    is(scalar(list('eve@outside.example')), 1, 'standard input');
};

subtest 'what is refused' => sub {
    for my $words (['nobody'], ['--since', 'yesterday', 'a@b.example'], ['--since', '2999-01-01', 'a@b.example'], ['--sender', 'localhost', 'a@b.example']) {
        my ($status, $out, $err) = suppress('add', @$words);
        is($status, 64, "@$words");
        like($err, qr/not a/, 'and why');
    }
    is((suppress('import', "$box->{dir}/none.txt"))[0], 66, 'a file that is not there');
};

done_testing;
