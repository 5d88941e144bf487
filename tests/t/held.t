#!/usr/bin/perl
# outvet held and trace on the hold queue of a real Postfix: what is shown, what is never touched.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new(settings => verdict_settings());
verdict_rules($box);
$box->start;

sub send_letter {
    my ($subject, $id, $from, %option) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter($subject, id => "$id\@sandbox.example", %option),
        from => $from, to => ['ann@outside.example', 'bob@elsewhere.example']);
    BAIL_OUT("not taken: $transcript") if $status;
    my ($row) = $box->ledger("select queue_id from messages where message_id like '%$id\@sandbox.example%'");
    return $row->{queue_id};
}
sub held { return map { $_->{queue_id} => 1 } grep { $_->{queue_name} eq 'hold' } $box->queue }
sub postfix { my ($command, @words) = @_; return $box->run(["/usr/sbin/$command", '-c', "$box->{dir}/etc", @words]) }
# outvet as another user or with an environment.
sub outvet_by {
    my ($prefix, @words) = @_;
    return $box->run([@$prefix, "$Sandbox::build/outvet", @words, '--config', "$box->{dir}/outvet.conf"]);
}

my $first = send_letter('please hold, one', 'one', 'paul@sandbox.example',
    body => "Dear Ann,\n\e[2J\e]0;owned\x07 look here\n");
my $second = send_letter('please hold, two', 'two', 'eve@sandbox.example');
my $third = send_letter('please hold, three', 'three', 'eve@sandbox.example');
# Something else than Outvet holds a message: its next hop is away, and an operator puts it aside.
$box->end('sink');
my $foreign = send_letter('an ordinary letter', 'foreign', 'paul@sandbox.example');
$box->wait_quiet;
postfix('postsuper', '-h', $foreign);

subtest 'list' => sub {
    my ($status, $out, $err) = $box->outvet('held', 'list');
    is($status, 0, 'works') or diag $err;
    like($out, qr/^\Q$first\E .* 7\.\d\d  paul\@sandbox\.example +ann\@outside\.example \+1 +please hold, one +TEST_HOLD/m, 'a line for each message');
    like($out, qr/^\Q$foreign\E .*held by something else: Outvet's verdict was accept/m, 'what something else holds says so');
    (undef, $out) = $box->outvet('held', 'list', '--account', 'eve@sandbox.example');
    is_deeply([sort $out =~ /^(\w+) +\d{4}-/mg], [sort $second, $third], 'of one account');
    (undef, $out) = $box->outvet('held', 'list', '--json');
    my %row = map { my $row = decode_json($_); $row->{queue_id} => $row } split /\n/, $out;
    is(keys %row, 4, 'JSON: one object a message');
    ok($row{$first}{held_by_outvet} && !$row{$foreign}{held_by_outvet}, 'JSON: who holds it');
    is_deeply($row{$first}{recipients}, ['ann@outside.example', 'bob@elsewhere.example'], 'JSON: recipients, from the queue');
};

subtest 'show is safe, and decodes' => sub {
    my ($status, $out) = $box->outvet('held', 'show', $first);
    is($status, 0, 'works');
    like($out, qr/^Subject: please hold, one$/m, 'header');
    like($out, qr/look here/, 'text');
    unlike($out, qr/[\e\x07]/, 'nothing steers the terminal');
    my ($row) = $box->ledger("select * from messages where queue_id = '$first'");
    my (undef, $json) = $box->outvet('held', 'show', '--json', $first);
    my $answer = decode_json($json);
    is($answer->{message}{parts}[0]{type}, 'text/plain', 'JSON: parts');
    (undef, my $by_id) = $box->outvet('held', 'show', $answer->{outvet_id});
    is($by_id, $out, 'by its Outvet id, too');
};

subtest 'why speaks to the sender' => sub {
    my ($status, $out) = $box->outvet('held', 'why', $first);
    is($status, 0, 'works');
    like($out, qr/^Your message "please hold, one" of /, 'opening');
    like($out, qr/^  1\. Do not ask to be held\.$/m, 'advice');
};

subtest 'trace' => sub {
    my ($status, $out) = $box->outvet('trace', '<ONE@sandbox.example>');
    is($status, 0, 'by Message-ID, without case');
    like($out, qr/It is in the MTA's hold queue now/, 'says where it is');
    is(($box->outvet('trace', 'nobody@sandbox.example'))[0], 66, 'unknown');
    my (undef, $json) = $box->outvet('trace', '--json', $second);
    is(decode_json($json)->{queue}, 'hold', 'by queue id; JSON says where it is');
};

subtest 'what is refused' => sub {
    my ($status, $out, $err) = $box->outvet('held', 'delete', $first);
    is($status, 64, 'deleting without --yes off a terminal');
    ($status, $out, $err) = $box->outvet('held', 'release', '--all', $first);
    is($status, 64, 'ids and --all together');
    is(($box->outvet('held', 'release'))[0], 64, 'neither');
    for my $id ('ALL', '-', 'ABCDEF;reboot', '../../etc/passwd', 'ABCDEF12') {
        my ($code) = $box->outvet('held', 'delete', '--yes', '--', $id);
        is($code, 66, "no such message: $id");
    }
    is(($box->outvet('held', 'release', $third, 'ABCDEF12'))[0], 66, 'one of two');
    is_deeply({held()}, { $first => 1, $second => 1, $foreign => 1 }, 'the other was released all the same');
    ($status, $out, $err) = outvet_by(['setpriv', '--reuid=nobody', '--clear-groups'], 'held', 'release', $first);
    is($status, 77, 'without the rights of root');
    like($err, qr/sudo/, 'and says what to do');
};

subtest 'a reused queue id is never acted upon' => sub {
    # Postfix whose queue file under this id is another message.
    my $bin = "$box->{dir}/bin";
    mkdir $bin;
    for my $command (qw(postqueue postcat postsuper)) {
        Sandbox::spew("$bin/$command", "#!/bin/sh\nexec /usr/sbin/$command \"\$@\"\n", 0755);
    }
    Sandbox::spew("$bin/postcat", <<'END', 0755);
#!/bin/sh
/usr/sbin/postcat "$@" | sed -e '/^X-Outvet-Id:/s/:.*/: 0000000000001/'
END
    my $settings = Sandbox::slurp("$box->{dir}/outvet.conf");
    Sandbox::spew("$box->{dir}/other.conf", $settings =~ s/^(\[mta\])$/$1\ncommand_directory = $bin/mr);
    my ($status, $out, $err) = $box->run(["$Sandbox::build/outvet", 'held', 'delete', '--yes', $first,
        '--config', "$box->{dir}/other.conf"]);
    is($status, 66, 'refused');
    like($err, qr/not the message that the ledger recorded/, 'and told');
    ok({held()}->{$first}, 'still there');
};

subtest 'release and delete, recorded with the operator' => sub {
    my ($status, $out, $err) = outvet_by(['env', 'SUDO_USER=daemon'], 'held', 'release', '--account', 'EVE@sandbox.example');
    is($status, 0, 'an account') or diag $err;
    is_deeply({held()}, { $first => 1, $foreign => 1 }, 'its message is released');
    (undef, $out) = $box->outvet('trace', $second);
    like($out, qr/release by daemon$/m, 'with the operator\'s name');
    ($status, $out) = $box->outvet('held', 'delete', '--all', '--yes', '--json');
    is($status, 0, 'all');
    is_deeply(decode_json($out), { queue_id => $first, message_id => '<one@sandbox.example>',
        account => 'paul@sandbox.example', action => 'delete', done => JSON::PP::true }, 'JSON');
    is_deeply({held()}, { $foreign => 1 }, 'what something else holds stays');
    like(($box->outvet('trace', $first))[1], qr/not in the MTA's queue any more/, 'trace knows');
    like(($box->outvet('held', 'release', '--all'))[1], qr/^Nothing is held\.$/m, 'nothing is left to do');
    ($status, $out, $err) = $box->outvet('held', 'release', $foreign);
    is($status, 0, 'by its id an operator may release what he put aside') or diag $err;
};

subtest 'requeue gives a full lifetime' => sub {
    my $id = send_letter('please hold, four', 'four', 'paul@sandbox.example');
    my ($status, $out) = $box->outvet('held', 'release', '--requeue', $id);
    is($status, 0, 'works');
    like($out, qr/^requeued \Q$id\E/, 'told');
    ok(!{held()}->{$id}, 'not held any more');
    is(($box->ledger("select action from actions order by time desc limit 1"))[0]{action}, 'requeue', 'recorded');
};

$box->stop;
done_testing;
