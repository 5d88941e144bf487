#!/usr/bin/perl
# outvet suspend, resume, suspensions: through a real Postfix, and its queue.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use MIME::Base64 qw(encode_base64);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $policy = Sandbox::free_port();
# What judges contents has no part in this. Short queue ids are used again.
my $box = Sandbox->new(
    settings => "[verdict]\ntag = off\nhold = off\n[policy]\nsocket = inet:$policy\@127.0.0.1\n"
        . "[exempt]\nrecipient_domains = inside.example\n",
    main_cf => {
        enable_long_queue_ids => 'no',
        transport_maps => 'inline:{later.example=smtp:[127.0.0.1]:1}',
        sender_canonical_maps => 'inline:{web@sandbox.example=www@sandbox.example}',
        minimal_backoff_time => '1h', maximal_backoff_time => '2h', queue_run_delay => '1h',
        default_destination_concurrency_failed_cohort_limit => 0,
        smtpd_recipient_restrictions => '${{$smtpd_sasl_auth_enable} == {yes} ? {check_policy_service'
            . " inet:127.0.0.1:$policy, permit} : {permit}}",
    });
$box->add_login($_, 'secret') for qw(shop boss);
$box->start;

my $shop = 'shop@mx.sandbox.example';
my $n = 0;
# Sends a letter; gives (taken, transcript, Message-ID).
sub send_as {
    my ($login, %option) = @_;
    my $id = 'suspend-' . ++$n . '@sandbox.example';
    my $letter = letter('The report', id => $id, header => $option{header});
    my @to = $option{to} // 'ann@outside.example';
    my ($status, $transcript) =
          $option{local} ? $box->send_local(message => $letter, to => \@to, from => "$login\@sandbox.example")
        : $box->send_smtp(message => $letter, from => "$login\@sandbox.example", to => \@to,
            $option{anybody} ? () : (login => $login, password => 'secret'));
    return ($status == 0, $transcript, $id);
}
sub outvet_ok {
    my ($status, $out, $err) = $box->outvet(@_);
    is($status, 0, "outvet @_[0 .. ($#_ < 2 ? $#_ : 2)]") or diag $out, $err;
    return $out;
}
sub suspensions { return map { decode_json($_) } split /\n/, outvet_ok('suspensions', '--json', @_) }
sub verdict {
    my ($id) = @_;
    $box->wait_until("$id in the ledger", 20, sub { $box->ledger("select 1 from messages where message_id = '<$id>'") });
    my ($row) = $box->ledger("select id, verdict, queue_id, (select evidence from hits where message = messages.id and rule = 'SUSPENDED')"
        . " as why from messages where message_id = '<$id>'");
    return $row;
}

subtest 'the next message of a suspended account is refused, and nobody else\'s' => sub {
    ok((send_as('shop'))[0], 'it sends');
    my $out = outvet_ok('suspend', ucfirst $shop, '--for', '2h', '--reason', 'stolen password; call 4711');
    like($out, qr/^suspended account:\Q$shop\E  until \d{4}-/, 'says so');
    my ($taken, $transcript) = send_as('shop');
    ok(!$taken, 'refused at RCPT');
    like($transcript, qr/RCPT TO.*\n.*450 4\.7\.1 .*Sending is suspended for account \Q$shop\E until \d{4}-\d\d-\d\d \d\d:\d\d UTC: stolen password; call 4711/,
        'with a sentence that its user understands');
    ok((send_as('boss'))[0], 'another login sends');
    ok((send_as('shop', to => 'ann@inside.example'))[0], 'so does it to exempt domains');
    my ($row) = suspensions();
    is($row->{subject}, "account:$shop", 'it is listed');
    is($row->{reason}, 'stolen password; call 4711', 'with the reason');
    ok($row->{operator} && $row->{until} && $row->{time}, 'by whom, since and until when');
};

subtest 'what Postfix asks nobody about is refused when it is complete' => sub {
    outvet_ok('suspend', 'client:127.0.0.0/8', '--reason', 'a test', '--answer', 'reject');
    my ($taken, $transcript, $id) = send_as('paul', anybody => 1);
    ok(!$taken, 'refused');
    like($transcript, qr/550 5\.7\.1 Sending is suspended for client 127\.0\.0\.0\/8: a test/, 'for good, as told');
    my $row = verdict($id);
    is($row->{verdict}, 'reject', 'the ledger has it');
    like($row->{why}, qr/^client:127\.0\.0\.0\/8 since \S+ until it is resumed, by \S+: a test/, 'and why');
    like(($box->outvet('trace', "<$id>"))[1], qr/SUSPENDED.*client:127\.0\.0\.0\/8/s, 'outvet trace tells');
    outvet_ok('resume', 'client:127.0.0.0/8', '--reason', 'it was a test');
    ok((send_as('paul', anybody => 1))[0], 'and then it is taken again');
};

subtest 'a script that hands mail to sendmail(1) is stopped' => sub {
    outvet_ok('suspend', 'script:33:form.php', '--reason', 'hacked');
    my (undef, undef, $id) = send_as('www', local => 1, header => "X-PHP-Originating-Script: 33:form.php\n");
    my $row = verdict($id);
    is($row->{verdict}, 'hold', 'its mail is held, as nobody would hand it over again');
    like(join("\n", map {"$_->{queue_name} $_->{queue_id}"} $box->queue), qr/^hold $row->{queue_id}$/m, 'in the hold queue');
    (undef, undef, $id) = send_as('www', local => 1, header => "X-PHP-Originating-Script: 33:shop.php\n");
    is(verdict($id)->{verdict}, 'accept', 'another script sends');
    outvet_ok('resume', 'script:33:form.php');
};

subtest 'a restart changes nothing' => sub {
    $box->stop_outvetd;
    my ($status, $out, $err) = $box->outvet('suspend', 'everything', '--reason', 'blocked', '--answer', 'hold');
    is($status, 0, 'nobody runs: recorded all the same');
    like($err, qr/recorded/, 'and said so');
    $box->start_outvetd;
    ok(!(send_as('shop'))[0], 'what was suspended is');
    my ($taken, undef, $id) = send_as('paul', anybody => 1);
    ok($taken, 'everything, with its own answer');
    is(verdict($id)->{verdict}, 'hold', 'hold');
    outvet_ok('resume', 'everything');
    is(($box->outvet('resume', 'everything'))[0], 66, 'twice is told');
    ok((send_as('paul', anybody => 1))[0], 'and it is over');
};

subtest 'it ends by itself' => sub {
    outvet_ok('suspend', $shop, '--for', '1s', '--reason', 'for a moment');
    $box->wait_until('it to end', 30, sub { (send_as('shop'))[0] });
    is(scalar(suspensions($shop)), 0, 'nothing is in force');
    my @rows = suspensions($shop, '--all');
    is(join(' ', map { $_->{action} } @rows), 'suspend suspend', 'what was recorded stays');
};

subtest 'no name breaks anything' => sub {
    my @names = ("a/../b", "it's", 'say "so"; drop table suspensions; --', "two\nlines", "\xff\xfe", "\e[31m", 'x' x 10_000,
        "caf\xc3\xa9", '%s%n', '$(reboot)', '--', ' ');
    for my $name (@names[0 .. 9]) {
        outvet_ok('suspend', '--reason', $name, '--', "account:$name") if length $name <= 500;
        outvet_ok('suspend', '--reason', 'long', "account:$name") if length $name > 500;
    }
    my @rows = suspensions();
    is(scalar(@rows), 10, 'all are listed');
    cmp_ok(length $_->{subject}, '<', 300, 'bounded') for @rows;
    my ($status, $table) = $box->outvet('suspensions');
    is(scalar(my @lines = split /\n/, $table), 11, 'one line each for people');
    unlike($table, qr/[\x00-\x09\x0b-\x1f]/, 'that steers no terminal');
    outvet_ok('resume', '--', map {"account:$_"} @names[0 .. 9]);
    is(scalar(suspensions()), 0, 'and end by the name that began them');
    is(($box->outvet('suspend', '--reason', 'x', $_))[0], 64, "not a subject: '$_'") for 'acount:shop', 'client:shop', ' ', '';
    is(($box->outvet('suspend', 'shop'))[0], 64, 'no reason');
    is(($box->outvet('suspend', 'shop', '--reason', 'x', @$_))[0], 64, "@$_")
        for ['--for', 'soon'], ['--until', '2001-01-01'], ['--for', '1h', '--until', '2099-01-01'], ['--answer', 'tag'];
};

# One SMTP session that sends a message for each sender.
sub send_many {
    my ($login, $to, @senders) = @_;
    my $port = $login ? $box->{submission_port} : $box->{smtp_port};
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 30) or die "connect: $!";
    my $say = sub {
        my ($line, $wanted) = @_;
        print $socket "$line\r\n" if defined $line;
        my $answer = '';
        do { $answer = <$socket> // die "closed after $line" } while $answer =~ /^\d{3}-/;
        die "$line: $answer" if $answer !~ /^$wanted/;
    };
    $socket->autoflush(1);
    $say->(undef, 220);
    $say->('EHLO client.example', 250);
    $say->('AUTH PLAIN ' . encode_base64("\0$login\@mx.$box->{domain}\0secret", ''), 235) if $login;
    for my $sender (@senders) {
        $say->("MAIL FROM:<$sender>", 250);
        $say->("RCPT TO:<$to>", 250);
        $say->('DATA', 354);
        $say->(letter('The report', id => 'many-' . ++$n . '@sandbox.example') =~ s/\n/\r\n/gr . '.', 250);
    }
    $say->('QUIT', 221);
}
sub queued {
    my ($name) = @_;
    my @ids = sort map { $_->{queue_id} } grep { $_->{queue_name} eq $name } $box->queue;
    return @ids;
}
sub of_sender { my ($sender) = @_; return grep { $_->{sender} eq $sender } $box->queue }

subtest 'what it has in the queue is held, exactly that, and comes back' => sub {
    my %before = map { $_ => 1 } queued('hold');
    send_many('shop', 'ann@later.example', ('shop@sandbox.example') x 150, ('boss@sandbox.example') x 49, 'web@sandbox.example');
    send_many('boss', 'ann@later.example', ('boss@sandbox.example') x 100, ('shop@sandbox.example') x 50);
    send_many(undef, 'ann@later.example', ('shop@sandbox.example') x 50, ('paul@sandbox.example') x 100);
    $box->wait_until('500 to be deferred', 120, sub { queued('deferred') == 500 });
    my %mine = map { $_->{queue_id} => 1 } $box->ledger("select queue_id from messages where account like 'shop%' and login like 'shop%'");
    my @mine = grep { $mine{$_} } queued('deferred');
    is(scalar(@mine), 200, '200 of them are the account\'s');
    like((of_sender('www@sandbox.example'))[0]{queue_name} // '', qr/deferred/, 'one under a sender that Postfix rewrote');
    # Somebody else holds one of another account.
    my ($foreign) = grep { !$mine{$_} } queued('deferred');
    is(($box->run(['/usr/sbin/postsuper', '-c', "$box->{dir}/etc", '-h', $foreign]))[0], 0, 'one is held by hand');

    my $out = outvet_ok('suspend', $shop, '--reason', 'floods', '--queue');
    like($out, qr/; 200 messages of the queue on hold/, 'the command counts them');
    my @held = grep { !$before{$_} && $_ ne $foreign } queued('hold');
    is_deeply(\@held, \@mine, 'exactly the account\'s are on hold');
    is(scalar(queued('deferred')), 299, 'the others wait as they did');
    is((suspensions($shop))[0]{on_hold}, 200, 'the list counts them');
    like(($box->outvet('trace', $mine[0]))[1], qr/hold.*account:\Q$shop\E is suspended/, 'outvet trace tells');

    # All of it is suspended, too, and resumed: what is the account's stays.
    outvet_ok('suspend', 'everything', '--reason', 'blocked', '--queue');
    is(scalar(queued('deferred')), 0, 'nothing waits for delivery');
    like(outvet_ok('resume', 'everything'), qr/299 messages of the queue released/, 'the others are released');
    is_deeply([grep { !$before{$_} && $_ ne $foreign } queued('hold')], \@mine, 'and the account\'s are on hold');

    # It ends by itself, but what is on hold waits for a word.
    outvet_ok('suspend', $shop, '--reason', 'floods', '--for', '1s');
    $box->wait_until('it to end', 30, sub { (send_as('shop'))[0] });
    my ($over) = suspensions($shop);
    is("$over->{in_force} $over->{on_hold}", '0 200', 'it is listed with what is on hold');
    $box->wait_until('the log to tell that it is over', 20,
        sub { $box->logs =~ /event=suspension state=over what=account:\Q$shop\E/ });

    # One is dealt with by hand meanwhile: nobody overrules that.
    my $deleted = shift @mine;
    is(($box->run(['/usr/sbin/postsuper', '-c', "$box->{dir}/etc", '-d', $deleted]))[0], 0, 'one is deleted');
    like(outvet_ok('resume', $shop), qr/account:\Q$shop\E  199 messages of the queue released/, 'resume');
    my %back = map { $_ => 1 } grep { !$before{$_} } map { $_->{queue_id} } grep { $_->{queue_name} ne 'hold' } $box->queue;
    is(scalar(grep { $back{$_} } @mine), 199, 'they are back in the queue');
    ok((grep { $_ eq $foreign } queued('hold')), 'what somebody else held is held');
    is(($box->ledger('select count(*) as n from suspended_mail'))[0]{n}, 0, 'and nothing is left on the list');
};

# Mail that a content filter takes in between waits under another queue id, which the log tells.
subtest 'what came back from a content filter is held, too' => sub {
    my $sasl = sub { '${{$smtpd_sasl_auth_enable} == {yes} ? {' . $_[0] . '} : {}}' };
    my $filtered = Sandbox->new(settings => "[verdict]\ntag = off\nhold = off\n");
    $filtered->{main_cf} = {
        content_filter => $sasl->("smtp:[127.0.0.1]:$filtered->{smtp_port}"),
        smtpd_milters => $sasl->("unix:$filtered->{milter_socket}"),
        transport_maps => 'inline:{later.example=smtp:[127.0.0.1]:1}',
        minimal_backoff_time => '1h', maximal_backoff_time => '2h', queue_run_delay => '1h',
    };
    $filtered->write_postfix;
    Sandbox::spew("$filtered->{dir}/log/mail.log", '');
    $filtered->add_login('shop', 'secret');
    $filtered->start;
    my ($status, $transcript) = $filtered->send_smtp(message => letter('The report', id => 'filtered@sandbox.example'),
        from => 'web@sandbox.example', to => ['ann@later.example'], login => 'shop', password => 'secret');
    is($status, 0, 'taken') or diag $transcript;
    my $deferred = sub { grep { $_->{queue_name} eq 'deferred' } $filtered->queue };
    $filtered->wait_until('it to be deferred', 60, $deferred);
    my ($queued) = $deferred->();
    my ($row) = $filtered->ledger("select queue_id from messages where message_id = '<filtered\@sandbox.example>'");
    isnt($queued->{queue_id}, $row->{queue_id}, 'under another queue id');
    $filtered->wait_until('outvetd to have read the log', 30,
        sub { $filtered->ledger("select 1 from other_queue_ids where queue_id = '$queued->{queue_id}'") });
    my (undef, $out) = $filtered->outvet('suspend', $shop, '--queue', '--reason', 'floods');
    like($out, qr/; 1 message of the queue on hold/, 'it is put on hold');
    like(($filtered->outvet('trace', $queued->{queue_id}))[1], qr/account:\Q$shop\E is suspended/, 'outvet trace finds it by that queue id');
    (undef, $out) = $filtered->outvet('resume', $shop);
    like($out, qr/1 message of the queue released/, 'and comes back');
};

done_testing;
