#!/usr/bin/perl
# outvetd's life under load: reload, faulty reload, kill -9, full disk, orderly stop.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use POSIX ();
use Sandbox;
use Test::More;
use Time::HiRes qw(sleep);
use Verdicts;

my $box = Sandbox->new(settings => verdict_settings());
verdict_rules($box);
$box->start;

# A flood of messages by smtp-source in the background; gives its process id.
sub flood {
    my ($count, $sessions, $subject) = @_;
    return $box->spawn('flood', '/usr/sbin/smtp-source', '-s', $sessions, '-m', $count, '-l', 4000,
        '-f', 'paul@sandbox.example', '-t', 'ann@outside.example', '-S', $subject, '-N', '-A',
        "127.0.0.1:$box->{smtp_port}");
}
sub ended { my ($pid) = @_; waitpid $pid, 0; delete $box->{pid}{flood}; return $? >> 8 }
sub verdicts {
    my ($subject) = @_;
    return map { $_->{verdict} => $_->{n} }
        $box->ledger("select verdict, count(*) n from messages where subject = '$subject' group by 1");
}

subtest 'reload under load changes rules between two messages' => sub {
    my $pid = flood(400, 8, 'reload me');
    for my $round (1 .. 5) {
        Sandbox::spew("$box->{dir}/rules.d/reload.conf", $round % 2 ? <<'END' : '');
[TEST_RELOAD]
when = subject.text = 'reload me'
score = 4
group = test
scale = safety
guide = G15
reference = RFC 5322 3.6.5
advice = None.
END
        my ($status, $out, $err) = $box->outvet('config', 'reload');
        is($status, 0, "reload $round") or diag $out, $err;
        sleep 0.2;
    }
    is(ended($pid), 0, 'every message taken');
    is(ended(flood(20, 2, 'reload me')), 0, 'and some after the last reload, however slow it was');
    my %count = verdicts('reload me');
    is(($count{accept} // 0) + ($count{tag} // 0), 420, 'every message judged once');
    ok($count{tag}, 'some by the new rules');
};

subtest 'SIGHUP reloads too' => sub {
    Sandbox::spew("$box->{dir}/rules.d/reload.conf", '');
    my (undef, $before) = $box->outvet('status', '--json');
    kill 'HUP', $box->{pid}{outvetd};
    $box->wait_until('the reload', 10, sub {
        my (undef, $after) = $box->outvet('status', '--json');
        return $after =~ /"ruleset"/ && $after ne $before;
    });
    pass('reloaded');
};

subtest 'the compiled phrases are kept beside the ledger, and a damaged file is made anew' => sub {
    my $cache = "$box->{dir}/state/phrases.hsdb";
    my $sound = Sandbox::slurp($cache);
    is((stat $cache)[2] & 07777, 0640, 'made by the reload, mode 0640');
    Sandbox::spew($cache, substr($sound, 0, 5000) . 'X' . substr($sound, 5001));
    is(($box->outvet('config', 'reload'))[0], 0, 'a damaged one hinders no reload');
    is(Sandbox::slurp($cache), $sound, 'and is made anew');
    my @lines = grep {/event=phrase-cache/} split /\n/, $box->outvetd_log;
    is(@lines, 1, 'one log line');
    like($lines[0], qr{path=\S+/phrases\.hsdb error="it is damaged"}, 'says which file, and why');
};

subtest 'a faulty set changes nothing and is reported' => sub {
    Sandbox::spew("$box->{dir}/rules.d/reload.conf", "[TEST_BAD]\nwhen = subject.captals > 1\nscore = 1\ngroup = test\n");
    my ($status, $out, $err) = $box->outvet('config', 'reload');
    is($status, 78, 'refused');
    like("$out$err", qr/reload\.conf:2:.*subject\.captals.*subject\.capitals/s, 'with file, line, name and the nearest one');
    my ($sent) = $box->send_smtp(message => letter('please tag after a faulty reload', id => 'faulty@sandbox.example'),
        from => 'paul@sandbox.example', to => ['ann@outside.example']);
    is($sent, 0, 'mail still passes');
    is(($box->ledger("select verdict from messages where message_id like '%faulty\@%'"))[0]{verdict}, 'tag', 'by the old rules');
    unlink "$box->{dir}/rules.d/reload.conf";
    $box->outvet('config', 'reload');
};

subtest 'kill -9 under load: what Postfix took as judged is in the ledger' => sub {
    my $pid = flood(600, 8, 'kill me');
    sleep 0.7;
    $box->stop_outvetd('KILL');
    sleep 0.3;
    $box->start_outvetd;
    ended($pid);
    my %delivered;
    $box->wait_quiet(60);
    for my $mail (grep {/^Subject: kill me/m} $box->delivered) {
        my ($queue_id) = $mail =~ /\(Postfix\) with \S+ id (\S+)/;
        $delivered{$queue_id}++;
    }
    ok(scalar keys %delivered, 'some were taken');
    my %row = map { $_->{queue_id} => $_->{n} }
        $box->ledger("select queue_id, count(*) n from messages where subject = 'kill me' group by 1");
    is_deeply([grep { !$row{$_} } sort keys %delivered], [], 'each one delivered is in the ledger');
    is_deeply([grep { $row{$_} > 1 } sort keys %row], [], 'none twice');
    is_deeply([grep { $delivered{$_} > 1 } sort keys %delivered], [], 'none delivered twice');
};

subtest 'outvetd gone: mail is deferred, not lost, not passed unjudged' => sub {
    $box->stop_outvetd;
    my ($status, $transcript) = $box->send_smtp(message => letter('nobody home', id => 'nobody@sandbox.example'),
        from => 'paul@sandbox.example', to => ['ann@outside.example']);
    isnt($status, 0, 'not taken');
    like($transcript, qr/ 4[0-9][0-9] /, 'try again later');
    my ($local) = $box->send_local(message => letter('script while down', id => 'down@sandbox.example'),
        from => 'web@sandbox.example', to => ['ann@outside.example']);
    is($local, 0, 'sendmail(1) takes its mail all the same');
    $box->start_outvetd;
    $box->wait_until('the waiting message to be judged', 90, sub {
        $box->ledger("select 1 from messages where message_id like '%down\@sandbox%'");
    });
    pass('and it is judged when outvetd is back');
};

subtest 'SIGTERM finishes messages in hand' => sub {
    my $pid = flood(300, 8, 'stop me');
    sleep 0.5;
    my $wait = $box->stop_outvetd('TERM');
    is($wait, 0, 'ended by itself, without error');
    $box->start_outvetd;
    ended($pid);
    $box->wait_quiet(60);
    my %row = map { $_->{queue_id} => 1 } $box->ledger("select queue_id from messages where subject = 'stop me'");
    my @lost = grep { !$row{$_} } map { /\(Postfix\) with \S+ id (\S+)/ } grep {/^Subject: stop me/m} $box->delivered;
    is_deeply(\@lost, [], 'every message that passed is in the ledger');
};

$box->stop;
done_testing;
