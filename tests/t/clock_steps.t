#!/usr/bin/perl
# The wall clock of outvetd and outvet steps while mail flows, as NTP or a resumed machine makes it: by
# libfaketime, which reads what it adds to the time from a file. Postfix and this test keep the machine's
# clock; what waits and pauses goes by the monotonic clock, which is left alone.
#
# What is expected, of a step
#   forward by 2 h         it is as if that time had passed: windows of an hour are empty, a suspension for
#                          2 h ends;
#   back by 2 h or 40 d    a limit holds, neither doubled nor begun anew, and a window of an hour lasts at
#                          most an hour from the step on, also over kill -9 in between; a suspension holds
#                          until its time by the new clock, and log and alert say that it lasts longer;
#   each                   ids of messages differ and hold the time of the clock, outcomes in the MTA's log
#                          find their message, what was recorded before and after is recalled, the uptime is
#                          what it is, the provider is asked on.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use POSIX qw(strftime);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => 'a private Postfix needs root' if $> != 0;
my ($library) = glob '/usr/lib/*/faketime/libfaketime.so.1';
plan skip_all => 'there is no libfaketime; make test-deps installs it' unless $library;
plan skip_all => 'ThreadSanitizer can\'t follow waiting by libfaketime\'s clock' if `ldd $Sandbox::build/outvetd` =~ /libtsan/;

use constant { HOUR => 3600, DAY => 86400 };

my $port = Sandbox::free_port();
my $box = Sandbox->new(no_outvetd => 1,
    main_cf => { smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port, permit" });
my $dir = $box->{dir};
my $log = "$dir/log/mta.log";
$box->write_settings(<<"END");
[policy]
socket = inet:$port\@127.0.0.1

[delivery]
log = $log

[provider]
kind = command
command = $dir/provider
interval = 1s

[plan shop]
for = shop* big*
messages = 4/hour
END
Sandbox::spew($log, '');
Sandbox::spew("$dir/provider", <<'END', 0755);
#!/bin/sh
echo '[]'
END

# Seconds that the clock of outvetd and outvet is ahead.
my $ahead = 0;
sub set_clock {
    $ahead = $_[0];
    Sandbox::spew("$dir/clock.new", sprintf "%+d\n", $ahead);
    rename "$dir/clock.new", "$dir/clock" or die "$dir/clock: $!\n";
}
set_clock(0);
my %clock = (
    LD_PRELOAD => $library,
    FAKETIME_TIMESTAMP_FILE => "$dir/clock",
    FAKETIME_NO_CACHE => 1,
    FAKETIME_DONT_FAKE_MONOTONIC => 1,
    DONT_FAKE_MONOTONIC => 1,
    NO_FAKE_STAT => 1,
    # ASan wants to be first; this library has no part in what it checks.
    ASAN_OPTIONS => join(':', grep {$_} $ENV{ASAN_OPTIONS}, 'verify_asan_link_order=0'),
);
sub by_clock {
    my ($do) = @_;
    local @ENV{ keys %clock } = values %clock;
    return $do->();
}
sub outvet { my @words = @_; return by_clock(sub { $box->outvet(@words) }) }

# The clock as programs see it, or why they don't.
sub shown_clock {
    my ($status, $out, $err) = by_clock(sub { $box->run([$Sandbox::build . '/outvet', '--version']) });
    return (undef, $err) if $status;
    ($status, $out, $err) = by_clock(sub { $box->run(['date', '+%s']) });
    return ($out, $err);
}
set_clock(1000 * DAY);
my ($shown, $why) = shown_clock();
plan skip_all => "libfaketime can't be loaded here: " . ($why =~ s/\n.*//sr) unless defined $shown;
plan skip_all => 'libfaketime does not set the clock here' unless abs($shown - time - 1000 * DAY) < 60;
set_clock(0);

$box->add_login($_, 'secret') for qw(shop shopper bigshop stolen quiet);
by_clock(sub { $box->start_outvetd });
$box->start;

my $n = 0;
# Sends a letter; gives (taken, Message-ID, transcript).
sub send_as {
    my ($login) = @_;
    my $id = 'step-' . ++$n . '@sandbox.example';
    my ($status, $transcript) = $box->send_smtp(message => letter('The report', id => $id), to => ['ann@outside.example'],
        from => "$login\@sandbox.example", login => $login, password => 'secret');
    return ($status == 0, $id, $transcript);
}
sub takes {
    my ($login, $what) = @_;
    my ($taken, $id, $transcript) = send_as($login);
    ok($taken, $what) or diag $transcript, $box->logs;
    return $id;
}
sub refuses {
    my ($login, $because, $what) = @_;
    my ($taken, undef, $transcript) = send_as($login);
    ok(!$taken, $what);
    like($transcript, $because, 'for that reason');
}
my $limit = qr/You have sent 5 messages in an hour, and plan shop allows 4/;

sub row { return ($box->ledger("select id, time / 1000000 as time, queue_id from messages where message_id = '<$_[0]>'"))[0] }
sub status {
    my (undef, $out) = outvet('status', '--json');
    return decode_json($out);
}
# outvetd looks at the clock each second.
sub wait_log {
    my ($what, $pattern, $from) = @_;
    ok($box->wait_until($what, 20, sub { substr($box->outvetd_log, $from // 0) =~ $pattern }), $what);
}

# The MTA's log by the clock.
sub log_lines {
    my ($program, @texts) = @_;
    my $stamp = strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', gmtime(time + $ahead));
    open my $file, '>>', $log or die "$log: $!\n";
    print $file "$stamp mx postfix/$program\[1]: $_\n" for @texts;
    close $file;
}

# Steps to that many seconds ahead, and looks at what must hold of every step.
sub step {
    my ($to) = @_;
    my $before = send_before();
    my $from = length $box->outvetd_log;
    my $by = $to - $ahead;
    set_clock($to);
    wait_log('the log tells the step back', qr/event=clock state=set-back/, $from) if $by <= -HOUR;
    my $after = takes('quiet', 'mail is taken');
    my ($one, $other) = map { row($_) } $before, $after;
    isnt($one->{id}, $other->{id}, 'ids differ');
    cmp_ok(abs($other->{time} - time - $ahead), '<', 60, 'the record has the time of the clock');
    my (undef, $out) = outvet('trace', '--json', $after);
    my $told = decode_json($out);
    is($told->{message_id}, "<$after>", 'trace finds it');
    (undef, $out) = outvet('trace', '--json', $before);
    is(decode_json($out)->{message_id}, "<$before>", 'and what came before the step');

    # Both leave the queue by the new clock.
    log_lines('smtp', map {"$_->{queue_id}: to=<ann\@outside.example>, relay=x[192.0.2.1]:25, delay=1, "
            . 'delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)'} $one, $other);
    for my $id ($before, $after) {
        $box->wait_until("what became of $id", 20, sub {
            $box->ledger("select 1 from deliveries d join messages m on m.id = d.message where m.message_id = '<$id>' and d.outcome = 'delivered'")
        });
        pass('what became of ' . ($id eq $before ? 'the one before' : 'the one after') . ' is known');
    }
    my $status = status();
    cmp_ok($status->{uptime}, '>=', 0, 'the uptime is no negative one');
    cmp_ok($status->{uptime}, '<', HOUR, 'nor does it jump');
    my $rounds = $status->{provider}{rounds};
    ok($box->wait_until('the provider to be asked', 20, sub { status()->{provider}{rounds} >= $rounds + 2 }),
        'the provider is asked on');
}
# A message that is in the queue when the clock steps: cleanup's line is in the log already.
sub send_before {
    my $id = takes('quiet', 'mail is taken before the step');
    my $lines = status()->{delivery_log}{lines};
    log_lines('cleanup', row($id)->{queue_id} . ": message-id=<$id>");
    $box->wait_until('the line to be read', 20, sub { status()->{delivery_log}{lines} > $lines });
    return $id;
}

subtest 'forward by 2 h: the time has passed' => sub {
    takes('bigshop', "message $_ of 4") for 1 .. 4;
    refuses('bigshop', $limit, 'and no fifth');
    my ($status, undef, $err) = outvet('suspend', 'account:stolen@mx.sandbox.example', '--for', '2h', '--reason', 'stolen password');
    is($status, 0, 'suspended for 2 h') or diag $err;
    refuses('stolen', qr/suspended/, 'it is');
    step(2 * HOUR);
    takes('bigshop', "$_ more") for 1 .. 4;
    refuses('bigshop', $limit, 'and again no fifth');
    wait_log('the suspension is over', qr/event=suspension state=over what=account:stolen/);
    takes('stolen', 'it sends again');
};

subtest 'back by 2 h: a limit holds, for an hour' => sub {
    takes('shop', "message $_ of 4") for 1 .. 3;
    my $from = length $box->outvetd_log;
    step(0);
    refuses('stolen', qr/suspended/, 'what had ended by the clock before is in force');
    wait_log('an alert tells', qr/event=alert kind=trouble subject=clock count=1 reason="the clock was set back by 2 h 0 min: what is suspended until a time, 1 in all, is so for as much longer/, $from);
    is((outvet('resume', 'account:stolen@mx.sandbox.example'))[0], 0, 'it is resumed');
    takes('shop', 'one more after the step');
    refuses('shop', $limit, 'but no fifth');
    set_clock(2400);
    refuses('shop', $limit, 'nor 40 minutes later');
    set_clock(HOUR + 120);
    takes('shop', 'an hour after the step there is room') for 1 .. 4;
    refuses('shop', $limit, 'as much as there was');
};

subtest 'back by 2 h: a suspension lasts longer, and that is told' => sub {
    my $from = length $box->outvetd_log;
    outvet('suspend', 'account:stolen@mx.sandbox.example', '--for', '2h', '--reason', 'once more');
    refuses('stolen', qr/suspended/, 'suspended for 2 h');
    step(-HOUR);
    refuses('stolen', qr/suspended/, 'it is so still');
    wait_log('the log', qr/event=clock state=set-back by="2 h 2 min"/, $from);
    my (undef, $out) = outvet('suspensions', '--json');
    is(decode_json($out)->{subject}, 'account:stolen@mx.sandbox.example', 'and it is listed');
    set_clock(2 * HOUR);
    refuses('stolen', qr/suspended/, 'until its time');
    set_clock(3 * HOUR + 180);
    ok($box->wait_until('it to end', 20, sub { (send_as('stolen'))[0] }), 'and no longer');
};

subtest 'back by 40 d, and outvetd killed' => sub {
    takes('shopper', "message $_ of 4") for 1 .. 4;
    my $start = time;
    $box->wait_until('the counters to be in the ledger', 20,
        sub { $box->ledger("select 1 from counters where name = 'shopper\@mx.sandbox.example'") });
    step(-40 * DAY);
    refuses('shopper', $limit, 'the limit holds');
    $box->stop_outvetd('KILL');
    by_clock(sub { $box->start_outvetd });
    refuses('shopper', $limit, 'and goes on holding');
    is(status()->{counters}{subjects} > 0, 1, 'as the counters were recalled');
    $box->wait_until('history to be filled', 20, sub { status()->{history} eq 'ok' });
    my $id = takes('quiet', 'mail is taken');
    my ($double) = $box->ledger('select count(*) - count(distinct id) as n from messages');
    is($double->{n}, 0, 'no id came twice');
    set_clock(-40 * DAY + HOUR + 180);
    takes('shopper', 'an hour later there is room') for 1 .. 4;
    refuses('shopper', $limit, 'for as much as there was');
};

subtest 'and right again' => sub {
    step(0);
    takes('shopper', 'mail flows');
};

$box->stop;
done_testing;
