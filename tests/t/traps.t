#!/usr/bin/perl
# Mail to addresses that never asked for any: operators see it, and nobody else learns which they are.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use File::Temp ();
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $place = File::Temp->newdir('outvet-seeds-XXXXXX', TMPDIR => 1);
chmod 0755, $place;
my $list = "$place/list";
Sandbox::spew($list, "# seeded in spring\nhidden\@outside.example\n\@never.example\n");
my $box = Sandbox->new(settings => "[verdict]\ntag = 2\nreject = 20\n[recipients]\ntraps = $list\n");
verdict_rules($box);
$box->start;

my $n = 0;
# Sends a letter; gives the transcript and what the ledger has of it.
sub send_to {
    my ($subject, @to) = @_;
    my $id = 'letter-' . ++$n . '@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(message => letter($subject, id => $id), from => 'paul@sandbox.example', to => \@to);
    my ($row) = $box->ledger("select * from messages where message_id = '<$id>'");
    $row->{hits} = {map { $_->{rule} => $_ } $box->ledger("select * from hits where message = $row->{id}")};
    return ($transcript, $row);
}

sub trap_hits { my (undef, $row) = send_to('The report', @_); return $row->{hits}{VOL_TRAP} ? 1 : 0 }

subtest 'a letter to a trap among others' => sub {
    my (undef, $row) = send_to('The report', 'ann@outside.example', 'Hidden@Outside.example', 'x@never.example');
    is($row->{verdict}, 'tag', 'counts');
    is($row->{hits}{VOL_TRAP}{evidence}, '2 addresses', 'how many there are');
    is($row->{hits}{VOL_TRAP}{private}, 1, 'marked as for operators');
    $box->wait_quiet;
    my ($tagged) = grep {/^Message-ID: <letter-1\@/m} $box->delivered;
    like($tagged, qr/^X-Outvet-Score:/m, 'the mail is tagged');
    unlike($tagged, qr/VOL_TRAP|trap/i, 'and does not say for what');
    my (undef, $trace) = $box->outvet('trace', '<letter-1@sandbox.example>');
    like($trace, qr/VOL_TRAP/, 'the operator sees it');
    unlike($trace, qr/hidden\@/i, 'without the address, which the ledger does not keep');
    like($box->outvetd_log, qr/hits=\S*VOL_TRAP=3\.00/, 'so does the log');
    is(trap_hits('ann@outside.example'), 0, 'a letter to others does not count');
};

subtest 'what senders are told' => sub {
    my ($transcript) = send_to('please reject', 'hidden@outside.example');
    like($transcript, qr/550.5\.7\.1 TEST_REJECT/, 'a reply gives the other reasons');
    unlike($transcript, qr/trap/i, 'and not that one');
    my (undef, $row) = send_to('please hold', 'hidden@outside.example');
    ok($row->{hits}{VOL_TRAP}, 'held, and to a trap');
    my (undef, $why) = $box->outvet('held', 'why', $row->{queue_id});
    like($why, qr/Do not ask to be held/, 'held why explains the rest');
    unlike($why, qr/trap/i, 'and not that');
};

subtest 'outvet check' => sub {
    my $file = "$place/letter.eml";
    Sandbox::spew($file, letter('The report'));
    my $check = sub { return ($box->outvet('check', '--no-dns', @_, '--recipient', 'hidden@outside.example', $file))[1] };
    is(decode_json($check->('--json', '--facts'))->{facts}{'message.trap_recipients'}, undef, 'knows of no traps');
    is(decode_json($check->('--json', '--facts', '--history'))->{facts}{'message.trap_recipients'}, 1, 'but with --history');
    for my $form ([], ['--html']) {
        my $page = $check->('--history', @$form);
        like($page, qr/Ask those who run this server/, "a page (@$form) says whom to ask");
        unlike($page, qr/trap/i, 'and no more');
    }
};

subtest 'the list is read at a reload' => sub {
    Sandbox::spew($list, "\@later.example\n");
    is(trap_hits('hidden@outside.example'), 1, 'not before');
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    is(trap_hits('hidden@outside.example'), 0, 'who left it is no trap');
    is(trap_hits('bob@later.example'), 1, 'who is new on it is one');
    Sandbox::spew($list, "fine\@never.example\n*\@never.example\n");
    for my $command ('check', 'reload') {
        my ($status, undef, $err) = $box->outvet('config', $command);
        is($status, 78, "config $command: a faulty list is refused");
        like($err, qr{\Q$list\E:2: write user\@example\.com or \@example\.com\.}, 'with its line');
    }
    is(trap_hits('bob@later.example'), 1, 'and the one before stays');
};

done_testing;
