#!/usr/bin/perl
# What became of messages, read from the log of a real Postfix: delivered, deferred, bounced, held;
# with the log rotated and outvetd restarted in between; and old logs of Sendmail's.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

my %port = map { $_ => Sandbox::free_port() } qw(bounced deferred listed);
my $maps = join ', ', map {"$_.example=smtp:[127.0.0.1]:$port{$_}"} sort keys %port;
my $box = Sandbox->new(
    settings => verdict_settings(),
    main_cf => { transport_maps => "inline:{ $maps }", smtp_skip_5xx_greeting => 'no' },
);
verdict_rules($box);
my $log = "$box->{dir}/log/mail.log";
Sandbox::spew($log, '');
$box->start;

# Receivers that refuse every recipient.
my %answer = (
    bounced => ['-f', 'RCPT', '-B', '550 5.1.1 <bob@bounced.example>: User unknown, status=sent (250 Ok)'],
    deferred => ['-r', 'RCPT', '-b', '450 4.2.0 Greylisted, see you later'],
    listed => ['-r', 'RCPT', '-b', '421 4.7.0 [TSS04] Messages from 192.0.2.9 temporarily deferred'],
);
for my $name (sort keys %answer) {
    $box->spawn($name, '/usr/sbin/smtp-sink', '-u', 'postfix', @{ $answer{$name} }, "127.0.0.1:$port{$name}", '50');
    $box->wait_until($name, 10, sub { Sandbox::listening($port{$name}) });
}

my $from = 'paul@sandbox.example';
sub post {
    my ($id, @to) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter('Minutes', id => "$id\@sandbox.example"),
        from => $from, to => \@to);
    is($status, 0, "$id is taken") or diag $transcript;
}
my $columns = join ', ', map {"d.$_"}
    qw(domain address outcome attempts code enhanced reason transport relay answer);
sub rows {
    my ($id) = @_;
    return map { $_->{domain} => $_ } $box->ledger("select $columns from deliveries d join messages m on m.id = d.message "
            . "where m.message_id = '<$id\@sandbox.example>'");
}
sub wait_rows {
    my ($id, $test) = @_;
    my %rows;
    $box->wait_until("what became of $id", 30, sub { %rows = rows($id); $test->(\%rows) });
    return %rows;
}

subtest 'two recipients of one message have outcomes of their own' => sub {
    post('two', 'ann@fine.example', 'bob@bounced.example');
    my %row = wait_rows('two', sub { keys %{ $_[0] } == 2 });
    is($row{'fine.example'}{outcome}, 'delivered', 'one is delivered');
    is($row{'fine.example'}{code}, 250, 'with the code');
    is($row{'fine.example'}{transport}, 'smtp', 'transport');
    like($row{'fine.example'}{relay}, qr/^127\.0\.0\.1\[127\.0\.0\.1\]:$box->{sink_port}$/, 'relay');
    is($row{'bounced.example'}{outcome}, 'bounced', 'one bounces, whatever its receiver writes behind the code');
    is($row{'bounced.example'}{code}, 550, 'code');
    is($row{'bounced.example'}{enhanced}, '5.1.1', 'enhanced code');
    is($row{'bounced.example'}{reason}, 'unknown-user', 'reason');
    like($row{'bounced.example'}{answer}, qr/User unknown/, 'answer');
    is($row{'bounced.example'}{address}, undef, 'no address is kept');
    unlike($row{'bounced.example'}{answer}, qr/bob/, 'nor one that the receiver quotes');
    my @events;
    $box->wait_until('its sender to be notified', 10,
        sub { @events = $box->ledger(q{select event from queue_events}) });
    is($events[0]{event}, 'notified', 'its sender was notified');
};

subtest 'a deferral is counted again at each try, and told apart' => sub {
    post('late', 'cy@deferred.example');
    my %row = wait_rows('late', sub { ($_[0]{'deferred.example'}{attempts} // 0) >= 2 });
    is($row{'deferred.example'}{outcome}, 'deferred', 'deferred');
    is($row{'deferred.example'}{reason}, 'greylisted', 'greylisted');
    post('listed', 'di@listed.example');
    %row = wait_rows('listed', sub { $_[0]{'listed.example'} });
    is($row{'listed.example'}{reason}, 'blocked', 'blocked');
    my ($status, $out) = $box->outvet('delivery', 'summary', '--blocked', '--json');
    is($status, 0, 'outvet delivery summary');
    my @rows = map { decode_json($_) } split /\n/, $out;
    is_deeply([map { $_->{domain} } @rows], ['listed.example'], 'tells who blocks us');
};

subtest 'outvet trace shows each recipient' => sub {
    my ($status, $out) = $box->outvet('trace', 'two@sandbox.example');
    is($status, 0, 'for people');
    like($out, qr/delivered: somebody at fine\.example, by smtp to 127/, 'the delivery');
    like($out, qr/bounced: somebody at bounced\.example/, 'the bounce');
    like($out, qr/the recipient does not exist \(5\.1\.1\)/, 'why');
    ($status, $out) = $box->outvet('trace', '--json', 'two@sandbox.example');
    my $told = decode_json($out);
    is_deeply({ map { $_->{domain} => $_->{outcome} } @{ $told->{deliveries} } },
        { 'fine.example' => 'delivered', 'bounced.example' => 'bounced' }, 'for programs');
    is($told->{queue_events}[0]{event}, 'notified', 'queue events');
};

subtest 'hold and release are told' => sub {
    $box->send_smtp(message => letter('please hold this', id => 'held@sandbox.example'), from => $from,
        to => ['ann@fine.example']);
    my $events = sub {
        map { $_->{event} } $box->ledger('select e.event from queue_events e join messages m on m.id = e.message '
                . "where m.message_id = '<held\@sandbox.example>' order by e.time");
    };
    $box->wait_until('the hold', 20, sub { grep { $_ eq 'held' } $events->() });
    my ($row) = $box->ledger("select queue_id from messages where message_id = '<held\@sandbox.example>'");
    sleep 1; # events are told apart by the second
    $box->outvet('held', 'release', $row->{queue_id});
    $box->wait_until('the release', 20, sub { grep { $_ eq 'released' } $events->() });
    is_deeply([$events->()], ['held', 'released'], 'in this order');
};

subtest 'the log is rotated, and outvetd restarted' => sub {
    my $rotate = sub {
        my ($number) = @_;
        rename $log, "$log.$number" or die "$log: $!\n";
        Sandbox::spew($log, '');
        $box->run(['/usr/sbin/postfix', '-c', "$box->{dir}/etc", 'reload']);
        $box->wait_until('Postfix to reload', 20, sub { Sandbox::listening($box->{smtp_port}) });
    };
    $rotate->(1);
    post('rotated', 'ann@fine.example');
    my %row = wait_rows('rotated', sub { $_[0]{'fine.example'} });
    is($row{'fine.example'}{outcome}, 'delivered', 'the new file is followed');

    # Postfix takes nothing without its milter; so what it would log meanwhile is written here.
    post('away', 'ed@fine.example', 'eve@bounced.example');
    wait_rows('away', sub { keys %{ $_[0] } == 2 });
    $box->stop_outvetd;
    my ($message) = $box->ledger("select queue_id from messages where message_id = '<two\@sandbox.example>'");
    my $stamp = POSIX::strftime('%b %e %H:%M:%S', localtime);
    my $line = sub {
        open my $file, '>>', $_[0] or die $!;
        print $file "$stamp mx postfix/smtp[1]: $message->{queue_id}: to=<$_[1]>, relay=x[192.0.2.1]:25, delay=1, "
            . "delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n";
        close $file;
    };
    $line->($log, 'one@missed.example');
    $rotate->(2);
    $line->($log, 'two@between.example');
    $rotate->(3);
    $line->($log, 'three@last.example');
    $box->start_outvetd;
    %row = wait_rows('two', sub { $_[0]{'last.example'} });
    ok($row{'missed.example'}, 'what was missed is read from the rotated file');
    ok($row{'between.example'}, 'and from the one after it');
    %row = wait_rows('away', sub { keys %{ $_[0] } == 2 });
    is($row{'bounced.example'}{attempts}, 1, 'nothing is counted twice');
};

subtest 'reading everything again changes nothing' => sub {
    # Nothing is to be written meanwhile; what was while outvetd stopped is read first.
    $box->stop_postfix;
    $box->stop_outvetd;
    $box->outvet('delivery', 'import', $log);
    my $all = sub {
        return JSON::PP->new->canonical->encode([$box->ledger(
                'select hex(hash), message, queue_id, outcome, attempts, first, last, answer from deliveries order by 2, 1')]);
    };
    my $before = $all->();
    my ($status, $out, $err) = $box->outvet('delivery', 'import', '--json', map {"$log$_"} '.1', '.2', '.3', '');
    is($status, 0, 'outvet delivery import') or diag $err;
    my $counts = decode_json($out);
    cmp_ok($counts->{events}, '>', 5, 'events were read');
    is($all->(), $before, 'the ledger is as it was');
    $box->start_outvetd;
};

subtest 'status tells the log, and the trouble with it' => sub {
    my ($status, $out);
    $box->wait_until('outvetd to follow', 20, sub {
        (undef, $out) = $box->outvet('status', '--json');
        $status = decode_json($out)->{delivery_log};
        return $status->{state} eq 'following';
    });
    is($status->{log}, $log, 'follows the log that Postfix names');
    $box->stop_outvetd;
    chmod 0600, $log;
    $box->start_outvetd;
    $box->wait_until('the trouble', 10, sub { $box->outvetd_log =~ /event=delivery-log state=failing/ });
    like($box->outvetd_log, qr/SupplementaryGroups=adm/, 'says what to do');
    (undef, $out) = $box->outvet('status', '--json');
    is(decode_json($out)->{delivery_log}{state}, 'failing', 'and status shows it');
    my $alert = qr/event=alert kind=trouble subject="delivery log" count=1 reason=".*SupplementaryGroups=adm/;
    ok($box->wait_until('the alert', 10, sub { $box->outvetd_log =~ $alert }), 'and an alert tells');
};

subtest 'old logs of Sendmail\'s, compressed' => sub {
    my ($row) = $box->ledger("select queue_id from messages where message_id = '<two\@sandbox.example>'");
    my $stamp = POSIX::strftime('%b %e %H:%M:%S', localtime);
    my $old = "$box->{dir}/old.log";
    for my $form (qw(gzip xz)) {
        Sandbox::spew($old, "$stamp mx sm-mta[9]: $row->{queue_id}: to=<a\@$form.example>,<b\@$form-two.example>, "
            . 'delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=1, relay=x. [192.0.2.1], dsn=5.1.1, stat=User unknown');
        $box->run([$form, '-f', $old]);
        my $packed = $old . ($form eq 'xz' ? '.xz' : '.gz');
        my ($status, $out, $err) = $box->outvet('delivery', 'import', $packed);
        is($status, 0, $form) or diag $err;
        like($out, qr/2 recorded/, 'two recipients');
        truncate $packed, (-s $packed) - 12;
        ($status, $out, $err) = $box->outvet('delivery', 'import', $packed);
        is($status, 66, 'cut off');
        like($err, qr/cut off/, 'and it says so');
    }
    my %row = rows('two');
    is($row{'gzip.example'}{outcome}, 'bounced', 'outcome');
    is($row{'gzip.example'}{transport}, 'esmtp', 'mailer');
    my ($status) = $box->outvet('delivery', 'import', "$box->{dir}/nothing");
    is($status, 66, 'a file that is not there');
};

$box->stop;
done_testing;
