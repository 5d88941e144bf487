#!/usr/bin/perl
# What became of messages, read from the journal: a real Postfix that logs by syslog(3), a real
# systemd-journald (tests/tools/journal-space); outvetd stopped and started in between, the journal rotated
# and cut, and out of outvetd's reach.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

if (!$ENV{OUTVET_JOURNAL_SPACE}) {
    exec "$FindBin::Bin/../tools/journal-space", $^X, "$FindBin::Bin/$FindBin::Script" or die "journal-space: $!\n";
}

my $journal = '/run/log/journal';
my $bounced_port = Sandbox::free_port();
my $box = Sandbox->new(
    settings => verdict_settings() . "[delivery]\nlog = journal\n",
    main_cf => {
        maillog_file => '',
        transport_maps => "inline:{ bounced.example=smtp:[127.0.0.1]:$bounced_port }",
        smtp_skip_5xx_greeting => 'no',
    },
);
verdict_rules($box);
chmod 0700, $journal;
$box->start;
$box->spawn('bounced', '/usr/sbin/smtp-sink', '-u', 'postfix', '-f', 'RCPT', '-B', '550 5.1.1 User unknown',
    "127.0.0.1:$bounced_port", '50');
$box->wait_until('the receiver that bounces', 10, sub { Sandbox::listening($bounced_port) });

sub delivery_log {
    my (undef, $out) = $box->outvet('status', '--json');
    return decode_json($out)->{delivery_log};
}

subtest 'a journal without the right to read it is told, and followed when the right is there' => sub {
    my $told = $box->wait_until('the trouble', 20, sub { my $log = delivery_log(); $log->{state} eq 'failing' && $log });
    is($told->{log}, 'journal', 'status names the journal');
    like($box->outvetd_log, qr/event=delivery-log state=failing log=journal error="there is no journal that outvetd may read; /,
        'the log says what is wrong');
    like($box->outvetd_log, qr/SupplementaryGroups=adm or systemd-journal/, 'and what to do');
    my (undef, $text) = $box->outvet('status');
    like($text, qr/there is no journal that outvetd may read/, 'so does status');
    chmod 02755, $journal;
    $box->wait_until('outvetd to follow', 20, sub { delivery_log()->{state} eq 'following' });
    pass('it follows without a restart');
};

sub post {
    my ($id, @to) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter('Minutes', id => "$id\@sandbox.example"),
        from => 'paul@sandbox.example', to => \@to);
    is($status, 0, "$id is taken") or diag $transcript;
}
sub rows {
    my ($id) = @_;
    return map { $_->{domain} => $_ } $box->ledger('select d.domain, d.outcome, d.attempts, d.code, d.reason, d.relay, m.queue_id '
            . "from deliveries d join messages m on m.id = d.message where m.message_id = '<$id\@sandbox.example>'");
}
sub wait_rows {
    my ($id, $n) = @_;
    my %rows;
    $box->wait_until("what became of $id", 30, sub { %rows = rows($id); keys %rows == $n });
    return %rows;
}

# An entry as Postfix's smtp(8) writes it, of a message that the ledger knows.
sub log_delivery {
    my ($queue_id, $recipient, @logger) = @_;
    my $text = "$queue_id: to=<$recipient>, relay=x[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)";
    my ($status, undef, $err) = $box->run(['logger', '-t', 'postfix/smtp', @logger, $text]);
    is($status, 0, "an entry for $recipient") or diag $err;
}
sub journalctl {
    my ($status, undef, $err) = $box->run(['journalctl', @_]);
    is($status, 0, "journalctl @_") or diag $err;
}

my $queue_id;
subtest 'the outcome of each recipient' => sub {
    post('two', 'ann@fine.example', 'bob@bounced.example');
    my %row = wait_rows('two', 2);
    $queue_id = $row{'fine.example'}{queue_id};
    is($row{'fine.example'}{outcome}, 'delivered', 'one is delivered');
    like($row{'fine.example'}{relay}, qr/^127\.0\.0\.1\[127\.0\.0\.1\]:$box->{sink_port}$/, 'relay');
    is($row{'bounced.example'}{outcome}, 'bounced', 'one bounces');
    is($row{'bounced.example'}{reason}, 'unknown-user', 'reason');
    my ($status, $out) = $box->outvet('trace', 'two@sandbox.example');
    is($status, 0, 'outvet trace');
    like($out, qr/delivered: somebody at fine\.example, by smtp to 127/, 'tells the delivery');
    like($out, qr/bounced: somebody at bounced\.example/, 'and the bounce');
};

subtest 'entries of other facilities are nobody\'s delivery' => sub {
    log_delivery($queue_id, 'a@daemon.example', '-p', 'daemon.info');
    log_delivery($queue_id, 'a@user.example', '-p', 'user.info');
    log_delivery($queue_id, 'a@mail.example', '-p', 'mail.info');
    is_deeply([sort { $a cmp $b } keys %{ { wait_rows('two', 3) } }], [qw(bounced.example fine.example mail.example)],
        'the mail facility alone counts');
};

subtest 'what was logged while outvetd was stopped is read once' => sub {
    # Nothing else is to be logged meanwhile, and all that was is to be read.
    $box->wait_quiet;
    $box->stop_postfix;
    log_delivery($queue_id, 'a@quiet.example', '-p', 'mail.info');
    wait_rows('two', 4);
    $box->stop_outvetd;
    log_delivery($queue_id, 'a@missed.example', '-p', 'mail.info');
    journalctl('--rotate');
    log_delivery($queue_id, 'a@rotated.example', '-p', 'mail.info');
    $box->start_outvetd;
    my %row = wait_rows('two', 6);
    ok($row{'missed.example'}, 'from the file that was rotated away');
    ok($row{'rotated.example'}, 'and from the one after it');
    is(delivery_log()->{lines}, 2, 'nothing is read twice');
    is($row{$_}{attempts}, 1, "nor counted twice: $_") for sort keys %row;
};

subtest 'the journal is cut behind what was read' => sub {
    $box->stop_outvetd;
    journalctl('--rotate');
    log_delivery($queue_id, 'a@first.example', '-p', 'mail.info');
    log_delivery($queue_id, 'a@second.example', '-p', 'mail.info');
    journalctl('--sync', '--vacuum-files=1');
    $box->start_outvetd;
    my %row = wait_rows('two', 8);
    ok($row{"$_.example"}, "the $_ entry that is left is read") for qw(first second);
    is(delivery_log()->{lines}, 2, 'and no other');
    $box->start_postfix;
    post('after', 'ann@fine.example');
    ok({ wait_rows('after', 1) }->{'fine.example'}, 'and so is what follows');
};

$box->stop;
done_testing;
