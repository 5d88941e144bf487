#!/usr/bin/perl
# A real Sendmail: its mail is vetted, its log followed, and its queue held, shown, released and
# deleted, by root and through outvet-queue.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use File::Copy qw(copy);
use JSON::PP qw(decode_json);
use Sandbox;
use Sendmail;
use Test::More;
use Verdicts;

my $missing = Sendmail->missing;
plan skip_all => $missing if $missing;
my $box = Sendmail->new(settings => verdict_settings());
verdict_rules($box);
$box->start;
# The checkout may be closed to others.
copy("$Sandbox::build/outvet", "$box->{dir}/outvet") or die "outvet: $!\n";
chmod 0755, "$box->{dir}/outvet";

sub post {
    my ($subject, $id, %option) = @_;
    return $box->send_smtp(message => letter($subject, id => "$id\@sandbox.example", %option),
        from => $option{from} // 'paul@sandbox.example', to => $option{to} // ['ann@outside.example']);
}
sub row {
    my ($id) = @_;
    my @rows = $box->ledger("select * from messages where message_id = '<$id\@sandbox.example>'");
    is(@rows, 1, "one row in the ledger for $id");
    return $rows[0] // {};
}
sub queue_id { return row(shift)->{queue_id} }
sub delivered { my ($id) = @_; return grep {/^Message-ID: <\Q$id\E\@/mi} $box->delivered }
sub n_delivered { return scalar grep { delivered($_) } @_ }
# As outvetd's own user, who is no root.
sub outvet_user {
    my ($command, @rest) = @_;
    return $box->run(['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--no-new-privs',
        "$box->{dir}/outvet", $command, '--config', "$box->{dir}/outvet.conf", @rest]);
}
sub wait_deferred {
    my ($n) = @_;
    $box->wait_until("$n messages to be deferred", 60, sub { $box->waiting == $n && !$box->being_tried });
}
sub agent_log { return Sandbox::slurp("$box->{dir}/log/outvet-queue.log") }

# --- The mail path ---

$box->start_sink;

subtest 'an ordinary letter passes unchanged, under Sendmail\'s queue id' => sub {
    my ($status, $transcript) = post('Meeting on Thursday', 'plain');
    is($status, 0, 'taken') or diag $transcript;
    $box->wait_until('it to arrive', 20, sub { delivered('plain') });
    unlike((delivered('plain'))[0], qr/X-Outvet/i, 'bears no tag');
    my $row = row('plain');
    is("$row->{verdict} $row->{sender} $row->{account}", 'accept paul@sandbox.example paul@sandbox.example', 'verdict and account');
    like($box->mail_log, qr/ $row->{queue_id}: from=<paul\@sandbox\.example>/, 'the queue id is Sendmail\'s');
    is($row->{client_address}, '127.0.0.1', 'the client');
};

subtest 'a tagged one bears its tag' => sub {
    post('please tag this', 'tag');
    $box->wait_until('it to arrive', 20, sub { delivered('tag') });
    like((delivered('tag'))[0], qr/^X-Outvet-Score: 4.*^X-Outvet-Id: [0-9A-Z]{13}\r?$/ms, 'score and id');
};

subtest 'a rejected one is refused with advice' => sub {
    my ($status, $transcript) = post('please reject this', 'reject');
    isnt($status, 0, 'refused');
    like($transcript, qr/^<\*\* 5\d\d 5\.7\.1 /m, 'for good') or diag $transcript;
    is(row('reject')->{verdict}, 'reject', 'and recorded');
};

subtest 'a held one is quarantined' => sub {
    is((post('please hold this', 'held'))[0], 0, 'taken');
    is_deeply([$box->quarantined], [queue_id('held')], 'and in the quarantine');
    is(scalar(delivered('held')), 0, 'not sent');
};

subtest 'its log tells what became of a message' => sub {
    my $id = queue_id('plain');
    $box->wait_until('the log to be read', 30, sub { ($box->outvet('trace', $id))[1] =~ /delivered/ });
    my (undef, $json) = $box->outvet('trace', '--json', $id);
    my ($delivery) = @{ decode_json($json)->{deliveries} };
    is("$delivery->{domain} $delivery->{outcome}", 'outside.example delivered', 'outvet trace');
    is(decode_json($json)->{queue}, undef, 'it is not in the queue');
};

# --- The quarantine ---

subtest 'held list, show, why and trace' => sub {
    my $id = queue_id('held');
    my ($status, $out, $err) = $box->outvet('held', 'list');
    is($status, 0, 'list') or diag $err;
    like($out, qr/^$id .* 7\.\d\d  paul\@sandbox\.example +ann\@outside\.example +please hold this +TEST_HOLD/m, 'a line for it') or diag $out;
    ($status, $out, $err) = $box->outvet('held', 'show', $id);
    like($out, qr/^Subject: please hold this\n.*Dear Ms Weaver/ms, 'show') or diag $out, $err;
    unlike($out, qr/Return-Path/, 'only what is sent');
    like(($box->outvet('held', 'why', $id))[1], qr/Do not ask to be held/, 'why');
    like(($box->outvet('trace', $id))[1], qr/It is in the MTA's hold queue now/, 'trace');
};

subtest 'a queue without root takes outvet-queue' => sub {
    my $id = queue_id('held');
    my ($status, $out, $err) = outvet_user('held', 'list');
    isnt($status, 0, 'an ordinary user can\'t even list it');
    like($err, qr/queue\.sendmail.*open to root alone.*sudo.*outvet-queue/, 'and is told what it takes');
    $box->start_agent;
    ($status, $out, $err) = outvet_user('held', 'list');
    like($out, qr/^$id /m, 'with it he lists') or diag $err;
    ($status, $out, $err) = outvet_user('held', 'show', $id);
    like($out, qr/Dear Ms Weaver/, 'and reads') or diag $err;
};

subtest 'release and delete' => sub {
    my $id = queue_id('held');
    my ($status, $out, $err) = outvet_user('held', 'release', '--requeue', $id);
    isnt($status, 0, 'there is no requeueing');
    like($err, qr/full lifetime.*without --requeue/, 'and it says so');
    is_deeply([$box->quarantined], [$id], 'nothing happened');
    ($status, $out, $err) = outvet_user('held', 'release', $id);
    is("$status $err", '0 ', 'released');
    is_deeply([$box->quarantined], [], 'out of the quarantine');
    $box->run_queue;
    $box->wait_until('it to arrive at the next queue run', 20, sub { delivered('held') });
    like((delivered('held'))[0], qr/Dear Ms Weaver/, 'and sent at the next queue run');
    ($status, $out, $err) = outvet_user('held', 'release', $id);
    is($status, 66, 'a second time there is nothing');

    post('please hold, two', 'two');
    $id = queue_id('two');
    ($status, $out, $err) = outvet_user('held', 'delete', '--yes', $id);
    is("$status $err", '0 ', 'deleted');
    is_deeply([glob "$box->{dir}/queue.sendmail/q*/{,?f/}?f$id"], [], 'no file of it is left');
    like(($box->outvet('trace', $id))[1], qr/delete by /, 'recorded');
    like(agent_log(), qr/$id: event=queue verb=delete messages=1 uid=@{[ scalar getpwnam 'nobody' ]} result=done/, 'and told by the agent');
};

subtest 'a message that Sendmail works on is left alone' => sub {
    post('please hold, three', 'three');
    my $id = queue_id('three');
    my ($file) = glob "$box->{dir}/queue.sendmail/q*/{,qf/}hf$id";
    open my $lock, '+<', $file or die "$file: $!\n";
    flock $lock, 2 or die "flock: $!\n";
    is(($box->outvet('held', 'delete', '--yes', $id))[0], 66, 'not deleted');
    is(($box->outvet('held', 'release', $id))[0], 66, 'not released');
    close $lock;
    is_deeply([$box->quarantined], [$id], 'it is where it was');
    is(($box->outvet('held', 'delete', '--yes', $id))[0], 0, 'once it is free it can be');
};

subtest 'what something else quarantined is not taken for ours' => sub {
    $box->end('sink');
    post('an ordinary letter', 'foreign');
    wait_deferred(1);
    my $id = queue_id('foreign');
    $box->sendmail('-Qby hand', "-qI$id");
    is_deeply([$box->quarantined], [$id], 'an operator puts it aside');
    like(($box->outvet('held', 'list'))[1], qr/^$id .*held by something else/m, 'list says so');
    is(($box->outvet('held', 'release', '--all'))[0], 0, 'release --all');
    is_deeply([$box->quarantined], [$id], 'lets it be');
    is(($box->outvet('held', 'release', $id))[0], 0, 'by its id it is released');
    is_deeply([$box->waiting], [$id], 'and waits');
};

# --- Suspension ---

subtest 'a suspended account\'s messages are held, exactly those, and leave when it is resumed' => sub {
    my %of;
    for my $n (1 .. 12) {
        my $who = $n % 3 ? 'boss' : 'shop';
        post("The report $n", "queue-$n", from => "$who\@sandbox.example", to => ['ann@later.example', 'bob@later.example']);
        push @{ $of{$who} }, "queue-$n";
    }
    wait_deferred(13);
    my @shop = sort map { queue_id($_) } @{ $of{shop} };
    my @all = $box->waiting;
    my ($status, $out, $err) = outvet_user('suspend', 'shop@sandbox.example', '--queue', '--reason', 'floods');
    is($status, 0, 'suspended') or diag $err;
    like($out, qr/; 4 messages of the queue on hold$/m, 'with its queue');
    is_deeply([$box->quarantined], \@shop, 'exactly its messages are quarantined');
    my %held = map { $_ => 1 } @shop;
    is_deeply([$box->waiting], [grep { !$held{$_} } @all], 'the others wait on');
    isnt((post('One more', 'more', from => 'shop@sandbox.example'))[0], 0, 'its next message is refused');
    # What gets loose is held again by outvetd.
    $box->sendmail('-Q', '-qQ', "-qI$shop[0]");
    $box->wait_until('it to be held again', 60, sub { $box->quarantined == 4 });
    $box->start_sink;
    $box->run_queue;
    $box->wait_until('the others to arrive', 30, sub { n_delivered(@{ $of{boss} }) == 8 });
    $box->wait_until('the queue run to end', 30, sub { !$box->waiting });
    is(n_delivered(@{ $of{shop} }), 0, 'a queue run sends the others, and none of its');
    ($status, $out, $err) = outvet_user('resume', 'shop@sandbox.example');
    like($out, qr/4 messages of the queue released/, 'resumed') or diag $err;
    is_deeply([$box->quarantined], [], 'nothing is quarantined any more');
    $box->run_queue;
    $box->wait_until('them to arrive', 30, sub { n_delivered(@{ $of{shop} }) == 4 });
    like(($box->outvet('trace', $shop[0]))[1], qr/hold.*is suspended.*release.*is resumed/s, 'outvet trace tells it all');
};

subtest 'a message that Sendmail splits is held with all its parts' => sub {
    $box->end('sink');
    my $subject = 'please hold, to many';
    post($subject, 'many', from => 'many@sandbox.example', to => [map {"r$_\@later.example"} 1 .. 5]);
    is(scalar(my @held = $box->quarantined), 3, 'two recipients a part');
    $box->wait_until('the log to tell of it', 30, sub { ($box->outvet('held', 'list'))[1] !~ /held by something else/ });
    my ($status, $out, $err) = $box->outvet('held', 'release', '--account', 'many@sandbox.example');
    is($status, 0, 'all are released') or diag $err;
    is(scalar(my @parts = $box->waiting), 3, 'and wait');
    ($status, $out, $err) = outvet_user('suspend', 'many@sandbox.example', '--queue', '--reason', 'floods');
    like($out, qr/; 3 messages of the queue on hold$/m, 'held with its account') or diag $err;
    ($status, $out, $err) = outvet_user('resume', 'many@sandbox.example');
    like($out, qr/3 messages of the queue released/, 'and resumed') or diag $err;
    $box->start_sink;
    $box->run_queue;
    $box->wait_until('them to arrive', 30, sub { my @copies = delivered('many'); @copies == 3 });
};

subtest 'a message that is on its way in is held when it comes to rest' => sub {
    $box->end('sink');
    post('On its way', 'way', from => 'late@sandbox.example');
    wait_deferred(1);
    my $id = queue_id('way');
    my ($file) = glob "$box->{dir}/queue.sendmail/q*/{,qf/}qf$id";
    open my $lock, '+<', $file or die "$file: $!\n";
    flock $lock, 2 or die "flock: $!\n";
    my ($status, $out, $err) = outvet_user('suspend', 'late@sandbox.example', '--queue', '--reason', 'floods');
    is_deeply([$box->quarantined], [], 'while Sendmail works on it, it can\'t be') or diag $out, $err;
    close $lock;
    $box->wait_until('outvetd to hold it', 60, sub { $box->quarantined == 1 });
    my ($node) = $box->ledger("select * from nodes where node = 'sandbox'");
    is($node->{trouble}, '', 'without trouble');
    outvet_user('resume', 'late@sandbox.example');
    is_deeply([$box->quarantined], [], 'and comes back');
};

done_testing;
