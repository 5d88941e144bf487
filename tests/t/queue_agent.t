#!/usr/bin/perl
# outvet-queue, and outvetd that holds the queue of a real Postfix through it: nobody but the agent is
# root here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use File::Copy qw(copy);
use IO::Socket::UNIX;
use JSON::PP qw(decode_json encode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $plan = <<'END';
[verdict]
tag = off
hold = off
[plan flood]
for = flood@*
messages = 5/hour
over = suspend
suspend_for = 1h
END
my $box = Sandbox->new(
    settings => $plan,
    main_cf => {
        transport_maps => 'inline:{later.example=smtp:[127.0.0.1]:1}',
        minimal_backoff_time => '1h', maximal_backoff_time => '2h', queue_run_delay => '1h',
        default_destination_concurrency_failed_cohort_limit => 0,
    });
$box->start;
my $socket = "$box->{dir}/queue/queue.sock";
# The checkout may be closed to others.
copy("$Sandbox::build/outvet", "$box->{dir}/outvet") or die "outvet: $!\n";
chmod 0755, "$box->{dir}/outvet";

# As outvetd's own user, who is no root.
sub outvet_user {
    my ($command, @rest) = @_;
    return $box->run(['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--no-new-privs',
        "$box->{dir}/outvet", $command, '--config', "$box->{dir}/outvet.conf", @rest]);
}
my $n = 0;
sub send_from {
    my ($sender, $count) = @_;
    for (1 .. $count // 1) {
        $box->send_smtp(message => letter('The report', id => 'agent-' . ++$n . '@sandbox.example'),
            from => "$sender\@sandbox.example", to => ['ann@later.example']);
    }
}
sub queued {
    my ($name, $sender) = @_;
    my @ids = sort map { $_->{queue_id} }
        grep { $_->{queue_name} eq $name && (!$sender || $_->{sender} eq "$sender\@sandbox.example") } $box->queue;
    return @ids;
}
sub wait_queued {
    my ($what, $count, @which) = @_;
    $box->wait_until($what, 60, sub { queued(@which) == $count });
}
sub status { return decode_json(($box->outvet('status', '--json'))[1])->{queue_agent} }
sub node { return ($box->ledger("select * from nodes where node = 'sandbox'"))[0] // {} }
sub agent_log { return Sandbox::slurp("$box->{dir}/log/outvet-queue.log") }
sub suspend_row {
    my ($subject, $seconds) = @_;
    $box->ledger("insert into suspensions (time, subject, ended, until, operator, reason, queue) values ("
        . int(time) . "000000, '$subject', 0, " . ($seconds ? int(time) + $seconds . '000000' : '9223372036854775807')
        . ", 'olga', 'a test', 1)");
}

# Sends octets as they are; gives what comes back.
sub ask_raw {
    my ($text, %option) = @_;
    my $to = IO::Socket::UNIX->new(Peer => $socket) or return "connect: $!";
    local $SIG{PIPE} = 'IGNORE';
    print $to $text;
    $to->flush;
    $to->shutdown(1) if $option{end};
    local $/;
    return scalar <$to> // '';
}
sub ask {
    my ($line) = split /\n/, ask_raw(encode_json({@_}) . "\n");
    return decode_json($line);
}

subtest 'without an agent nothing is missed until something is to be held' => sub {
    $box->wait_until('a look', 20, sub { status()->{since} });
    is(status()->{state}, 'none', 'there is none');
    unlike($box->outvetd_log, qr/queue-agent/, 'and nobody is alarmed');
    send_from('paul');
    my ($status, undef, $err) = outvet_user('suspend', 'paul@sandbox.example', '--queue', '--reason', 'x');
    is($status, 77, 'an ordinary user may not hold the queue');
    like($err, qr/sudo.*outvet-queue.*\Q$socket\E/s, 'and is told what it takes');
    is(scalar(my @rows = $box->ledger('select 1 from suspensions')), 0, 'nothing is recorded');
};

$box->start_agent;
wait_queued('the letter to be deferred', 1, 'deferred', 'paul');

subtest 'who may ask' => sub {
    my @mode = stat $socket;
    is(sprintf('%o', $mode[2] & 07777), '660', 'the mode');
    is("$mode[4] " . getgrgid($mode[5]), '0 nogroup', 'root\'s, and the group\'s');
    is(ask(verb => 'hello')->{ok}, JSON::PP::true, 'root');
    my ($status) = $box->run(['setpriv', '--reuid=daemon', '--regid=daemon', '--clear-groups',
        $^X, '-MIO::Socket::UNIX', '-e', 'exit !IO::Socket::UNIX->new(Peer => shift)', $socket]);
    isnt($status, 0, 'a foreign user can\'t connect');
    # The mode is opened, to show that it is not all that stands there.
    chmod 0666, $socket;
    my (undef, $out) = $box->run(['setpriv', '--reuid=daemon', '--regid=daemon', '--clear-groups', $^X,
        '-MIO::Socket::UNIX', '-e', '$SIG{PIPE} = q(IGNORE); $s = IO::Socket::UNIX->new(Peer => shift); print $s qq({"verb":"list"}\n); print <$s>', $socket]);
    like($out, qr/^\{"ok":false,"error":"outvet-queue serves root and the group/, 'nor is one served who gets that far');
    (undef, $out) = $box->run(['setpriv', '--reuid=daemon', '--regid=daemon', '--groups=nogroup', $^X,
        '-MIO::Socket::UNIX', '-e', '$SIG{PIPE} = q(IGNORE); $s = IO::Socket::UNIX->new(Peer => shift); print $s qq({"verb":"hello"}\n); print <$s>', $socket]);
    like($out, qr/^\{"ok":true/, 'a further group counts');
    chmod 0660, $socket;
};

subtest 'nothing else than valid requests gets through' => sub {
    my ($id) = queued('deferred', 'paul');
    my @before = map {"$_->{queue_name} $_->{queue_id}"} $box->queue;
    my @hostile = (
        map({ encode_json({verb => $_->[0], ids => $_->[1]}) . "\n" }
            ['hold', ['ALL']], ['delete', ['ALL']], ['delete', ['-']], ['delete', ['-d', 'ALL']], ['release', ['ALL']],
            ['hold', [$id, 'ALL']], ['delete', ["$id\nALL"]], ['delete', ["$id hold"]], ['delete', ["../deferred/$id"]],
            ['delete', ['']], ['delete', []], ['hold', [($id) x 1001]], ['show', [$id, $id]], ['show', ['-v']], ['ALL', [$id]]),
        "delete ALL\n", "\n", "\0\n", '[' x 60_000 . "\n", "{\"verb\":\"hold\",\"ids\":[\"$id\"]}\n{\"verb\":\"delete\",\"ids\":[\"$id\"]}\n",
    );
    like(ask_raw($_), qr/^\{"ok":false,"error":"[^\n]+\n\z/, 'refused: ' . substr(s/[^ -~]/?/gr, 0, 60)) for @hostile;
    unlike(ask_raw('x' x 1_048_576), qr/"ok":true/, 'a megabyte');
    like(ask_raw("{\"verb\":\"delete\",\"ids\":[\"$id\"]}", end => 1), qr/"ok":false/, 'no line feed');
    like(ask_raw("{\"verb\":\"dele"), qr/came too late/, 'one who stops in between is dropped');
    # While some say nothing at all, others are served.
    my @silent = map { IO::Socket::UNIX->new(Peer => $socket) } 1 .. 3;
    is(ask(verb => 'hello')->{ok}, JSON::PP::true, 'who is silent keeps nobody waiting');
    is_deeply([map {"$_->{queue_name} $_->{queue_id}"} $box->queue], \@before, 'the queue is as it was');
    is(scalar(my @lines = agent_log() =~ /result=refused/g) > @hostile, 1, 'and the log tells of them');
    unlike(agent_log(), qr/result=done.*ALL/, 'ALL never reached a command');
};

subtest 'held mail is worked on without root' => sub {
    my ($id) = queued('deferred', 'paul');
    is(ask(verb => 'hold', ids => [$id])->{said}, 'postsuper: Placed on hold: 1 message', 'hold');
    my ($status, $out, $err) = outvet_user('held', 'list');
    like($out, qr/^$id /m, 'list') or diag $err;
    ($status, $out, $err) = outvet_user('held', 'show', $id);
    like($out, qr/Dear Ms Weaver/, 'show') or diag $err;
    ($status, $out, $err) = outvet_user('held', 'release', $id);
    is("$status $err", '0 ', 'release');
    is(scalar(queued('hold')), 0, 'it is back');
    like(agent_log(), qr/outvet-queue: $id: event=queue verb=release messages=1 uid=\d+ result=done/, 'the agent tells what it did, and for whom');
    like(agent_log(), qr/verb=release messages=1 uid=@{[ scalar getpwnam 'nobody' ]}/, 'by number');
};

subtest 'a suspended account\'s messages are held, exactly those, and leave when it is resumed' => sub {
    send_from('shop', 8);
    send_from('boss', 12);
    wait_queued('them to be deferred', 20 + 1, 'deferred');
    my @shop = queued('deferred', 'shop');
    is(scalar(@shop), 8, 'eight are its');
    my ($status, $out, $err) = outvet_user('suspend', 'shop@sandbox.example', '--queue', '--reason', 'floods');
    is($status, 0, 'an ordinary user suspends it') or diag $err;
    like($out, qr/; 8 messages of the queue on hold$/m, 'with its queue');
    is_deeply([queued('hold')], \@shop, 'exactly its messages are on hold');
    # What was on its way when it was suspended is caught by outvetd.
    is(($box->run(['/usr/sbin/postsuper', '-c', "$box->{dir}/etc", '-H', $shop[0]]))[0], 0, 'one gets loose');
    $box->wait_until('it to be held again', 60, sub { queued('hold') == 8 });
    # What an operator lets go is let go.
    ($status, $out, $err) = outvet_user('held', 'release', $shop[1]);
    is($status, 0, 'an operator releases one') or diag $err;
    $box->wait_until('outvetd to look and see it', 60, sub { status()->{moving} == 1 && node()->{moving} == 1 });
    is(scalar(queued('hold')), 7, 'and is not overruled');
    ($status, $out, $err) = outvet_user('resume', 'shop@sandbox.example');
    like($out, qr/7 messages of the queue released/, 'resumed') or diag $err;
    is(scalar(queued('hold')), 0, 'all are back');
    is(($box->ledger('select count(*) as n from suspended_mail'))[0]{n}, 0, 'nothing is left on the list');
};

subtest 'whom a plan suspends is held by itself' => sub {
    send_from('flood', 7);
    wait_queued('its five messages to be on hold', 5, 'hold');
    is_deeply([queued('hold')], [queued('hold', 'flood')], 'those and no others');
    my ($id) = queued('hold', 'flood');
    like(($box->outvet('trace', $id))[1], qr/hold.*account:flood\@sandbox\.example is suspended/, 'outvet trace tells');
    $box->wait_until('the node to tell', 30, sub { node()->{moving} == 0 && node()->{looked} });
    is(node()->{trouble}, '', 'there is no trouble');
    # The ledger alone says that it is resumed, as from another node.
    $box->ledger('insert into suspensions (time, subject, ended, until, operator, reason) values ('
        . int(time) . "000000, 'account:flood\@sandbox.example', 1, 0, 'olga', '')");
    wait_queued('them to be back', 0, 'hold');
    like(($box->outvet('trace', $id))[1], qr/release.*olga.*is resumed/, 'by whom it was resumed');
};

subtest 'a suspension that ends by itself lets go' => sub {
    my ($status, $out, $err) = outvet_user('suspend', 'boss@sandbox.example', '--queue', '--for', '3s', '--reason', 'a moment');
    like($out, qr/; 12 messages of the queue on hold$/m, 'held') or diag $err;
    my ($id) = queued('hold', 'boss');
    wait_queued('them to be let go', 0, 'hold');
    like(($box->outvet('trace', $id))[1], qr/release.*outvetd.*the suspension of account:boss\@sandbox\.example is over/, 'and says why');
};

subtest 'an agent that is gone is missed, and does its work when it is back' => sub {
    $box->wait_until('it to be there', 30, sub { status()->{state} eq 'answering' });
    is($box->end('outvet-queue') >> 8, 0, 'it ends well');
    ok(!-e $socket, 'and takes its socket along');
    $box->wait_until('outvetd to notice', 60, sub { status()->{state} eq 'failing' });
    suspend_row('account:shop@sandbox.example');
    $box->wait_until('the node to tell', 60, sub { node()->{trouble} =~ /there is no outvet-queue/ && node()->{looked} == 0 });
    like(status()->{trouble}, qr/there is no outvet-queue at \Q$socket\E/, 'outvet status tells');
    like($box->outvetd_log, qr/event=queue-agent state=failing/, 'so does the log');
    like($box->outvetd_log, qr/event=alert.*queue/, 'and an alert');
    is(scalar(queued('hold')), 0, 'nothing is on hold');
    $box->start_agent;
    wait_queued('its messages to be held', 8, 'hold', 'shop');
    $box->wait_until('all to be well', 30, sub { status()->{state} eq 'answering' && node()->{trouble} eq '' });
    suspend_row('account:shop@sandbox.example', 2);
    wait_queued('them to be let go', 0, 'hold');
};

subtest 'shadow mode holds nothing' => sub {
    $box->write_settings($plan =~ s/\[verdict\]/[verdict]\nshadow = yes/r);
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    suspend_row('account:boss@sandbox.example');
    $box->wait_until('outvetd to know of it', 30, sub { node()->{suspension} == ($box->ledger('select max(id) as n from suspensions'))[0]{n} });
    is(scalar(queued('hold')), 0, 'nothing');
};

done_testing;
