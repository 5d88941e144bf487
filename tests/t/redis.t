#!/usr/bin/perl
# A fleet: outvetds that count together through one Redis, reached by TCP, TLS and Unix socket. One is asked by
# a real Postfix, with the milter; the others by their policy service alone.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => 'a private Postfix needs root' if $> != 0;

my $dir = tempdir('outvet-redis-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
my $nobody = getpwnam 'nobody';
my ($plain, $secure) = map { Sandbox::free_port() } 1 .. 2;

sub shell { system('sh', '-ec', "cd $dir; exec 2>>log; $_[0]") == 0 or die "$_[0]\n" . Sandbox::slurp("$dir/log") }
shell('openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=Test CA";
    openssl req -newkey rsa:2048 -nodes -keyout redis.key -out redis.csr -subj /CN=redis;
    printf subjectAltName=IP:127.0.0.1 >ext;
    openssl x509 -req -in redis.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out redis.pem -days 2 -extfile ext');
Sandbox::spew("$dir/password", "open sesame\n", 0400);
chown $nobody, -1, "$dir/password";

my $bounds = <<'END';
[plan shop]
for = shop@*
recipients = 10/hour
[plan other]
recipients = 1/day
over = reject
END

# A node that reaches Redis that way; asked at {port}.
sub node {
    my ($name, $store, %option) = @_;
    my $port = Sandbox::free_port();
    my $more = delete $option{more} // '';
    my $box = Sandbox->new(node => $name, %option, settings => <<"END");
[policy]
socket = inet:$port\@127.0.0.1
[counters]
store = $store
password_file = $dir/password
time_limit = 5s
$more
$bounds
END
    $box->{policy_port} = $port;
    return $box;
}

my $mx1 = node('mx1', "unix:$dir/redis.sock");
my $port1 = $mx1->{policy_port};
$mx1->{main_cf} = {
    smtpd_recipient_restrictions => "check_policy_service inet:127.0.0.1:$port1, permit",
    smtpd_end_of_data_restrictions => "check_policy_service inet:127.0.0.1:$port1",
};
$mx1->write_postfix;
my $mx2 = node('mx2', "redis://127.0.0.1:$plain", no_postfix => 1);
my $mx3 = node('mx3', "rediss://127.0.0.1:$secure/0", no_postfix => 1, more => "tls_ca = $dir/ca.pem");
my @nodes = ($mx1, $mx2, $mx3);

# Empty, as it always begins.
sub start_redis {
    unlink "$dir/redis.sock";
    $mx1->spawn('redis', 'redis-server', '--port', $plain, '--tls-port', $secure, '--bind', '127.0.0.1',
        '--unixsocket', "$dir/redis.sock", '--unixsocketperm', 777, '--requirepass', 'open sesame',
        '--tls-cert-file', "$dir/redis.pem", '--tls-key-file', "$dir/redis.key", '--tls-ca-cert-file', "$dir/ca.pem",
        '--tls-auth-clients', 'no', '--save', '', '--dir', $dir);
    $mx1->wait_until('redis-server', 20, sub { Sandbox::listening($plain) });
}
sub redis { return qx(redis-cli -p $plain --no-auth-warning -a 'open sesame' @_ 2>/dev/null) }

# What the node answers to one recipient more.
my $n = 0;
sub ask {
    my ($box, $account, %more) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $box->{policy_port}) or die "connect: $!\n";
    $n++;
    my %request = (request => 'smtpd_access_policy', protocol_state => 'RCPT', client_address => '192.0.2.7',
        client_port => 1024 + $n, sender => 'news@shop.example', recipient => 'ann@outside.example', recipient_count => 0,
        instance => "1a2b.$n.0", sasl_username => $account, %more);
    print $socket map({"$_=$request{$_}\n"} sort { ($b eq 'request') <=> ($a eq 'request') } keys %request), "\n";
    $socket->flush;
    local $/ = "\n\n";
    my $answer = <$socket> // '';
    return $answer =~ /^action=(\S+)/ ? $1 : "no answer: $answer";
}
sub state_of {
    my ($box) = @_;
    return decode_json(($box->outvet('status', '--json'))[1])->{counters}{redis};
}
sub log_of { return Sandbox::slurp("$_[0]{dir}/log/outvetd.log") }
sub wait_for {
    my ($state) = @_;
    for my $box (@nodes) {
        $box->wait_until("$box->{node}: $state", 30, sub { my $told = state_of($box); $told->{state} eq $state && !$told->{untold} });
    }
}

start_redis();
$mx1->add_login('shop', 'secret');
$mx1->start;
$_->start_outvetd for $mx2, $mx3;
my $shop = 'shop@mx.sandbox.example';

subtest 'a limit holds for all nodes together' => sub {
    is(state_of($_)->{state}, 'answering', "$_->{node} has Redis") for @nodes;
    my ($status, $transcript) = $mx1->send_smtp(message => letter('Meeting on Thursday', id => 'm1@sandbox.example'),
        from => 'news@sandbox.example', to => [map {"$_\@outside.example"} qw(ann bob cy)], login => 'shop', password => 'secret');
    is($status, 0, 'three of ten recipients through Postfix and milter') or diag $transcript;
    my @taken = map { ask($nodes[$_ % 3], $shop) } 1 .. 12;
    is((grep { $_ eq 'DUNNO' } @taken), 7, 'seven more, wherever they are sent');
    is_deeply([@taken[7 .. 11]], [('DEFER_IF_PERMIT') x 5], 'and no more after these');
    ($status, $transcript) = $mx1->send_smtp(message => letter('Meeting on Thursday', id => 'm2@sandbox.example'),
        from => 'news@sandbox.example', to => ['ann@outside.example'], login => 'shop', password => 'secret');
    like($transcript, qr/450 4\.7\.1 .*You have sent 11 recipients in an hour, and plan shop allows 10/, 'by SMTP neither');
};

subtest 'a suspension holds at all nodes' => sub {
    my ($status, $out, $err) = $mx2->outvet('suspend', 'thief', '--reason', 'stolen password', '--for', '2h');
    is($status, 0, 'at one of them') or diag $err;
    $mx1->wait_until("$_->{node} to refuse", 10, sub { ask($_, 'thief') eq 'DEFER_IF_PERMIT' }) for @nodes;
    (undef, $out) = $mx3->outvet('suspensions');
    like($out, qr/account:thief .* on mx2\s+stolen password/, 'and tells who did it, and where');
    $mx2->wait_until('the alert', 20, sub { log_of($mx2) =~ /event=alert kind=suspended subject=account:thief/ });
    unlike(log_of($mx1), qr/event=alert kind=suspended subject=account:thief/, 'one alert for all');
    ($status, $out, $err) = $mx3->outvet('resume', 'thief', '--reason', 'new password');
    is($status, 0, 'resumed at another') or diag $err;
    $mx1->wait_until("$_->{node} to take what its plan allows", 10, sub { ask($_, 'thief') ne 'DEFER_IF_PERMIT' }) for @nodes;
};

subtest 'no account name breaks a key' => sub {
    my @names = ('a/b', "a'b\"c", 'a' x 10000, ('a' x 10000) . 'b', '{a}', 'a b', "a\\nb", '*', "\xff\xfe");
    for my $name (@names) {
        my $label = substr $name =~ s/[^ -~]/?/gr, 0, 20;
        is(ask($mx1, $name), 'DUNNO', "$label at one node");
    }
    is((grep { ask($mx2, $_) eq 'REJECT' } @names), scalar @names, 'and each is known at the other');
    unlike(redis('keys "*"'), qr{[^\w:#.\@+\n-]}, 'keys are plain');
    is(state_of($_)->{state}, 'answering', "$_->{node} has no trouble") for @nodes;
};

subtest 'Redis forgets its scripts' => sub {
    redis('script flush');
    is(ask($mx2, $shop), 'DEFER_IF_PERMIT', 'nobody notices');
    is(state_of($mx2)->{state}, 'answering', 'no trouble');
};

subtest 'Redis is gone' => sub {
    $mx1->end('redis', 'KILL');
    is(ask($_, $shop), 'DEFER_IF_PERMIT', "$_->{node} still knows what all had sent") for @nodes;
    for my $box (@nodes) {
        $box->wait_until('it is told', 20, sub { state_of($box)->{state} eq 'away' });
        like(state_of($box)->{error}, qr/connect|connection lost|socket/, 'outvet status tells why');
        like(log_of($box), qr/event=redis state=away error="limits and suspensions hold for each node alone/, 'the log tells');
        ok($box->wait_until('an alert', 30, sub { log_of($box) =~ /event=alert kind=trouble subject=redis/ }), 'and an alert');
    }
    $mx1->outvet('suspend', 'meanwhile', '--reason', 'flood');
    is(ask($mx1, 'meanwhile'), 'DEFER_IF_PERMIT', 'a suspension holds where it was made');
    is(ask($mx2, 'meanwhile'), 'DUNNO', 'and not elsewhere');
    is(ask($mx1, 'alone'), 'DUNNO', 'a node goes on');
    is(ask($mx1, 'alone'), 'REJECT', 'with its own limits');
};

subtest 'Redis is back, empty' => sub {
    is(ask($mx2, 'both'), 'DUNNO', 'counted by one while it is away');
    start_redis();
    wait_for('answering');
    is(ask($_, $shop), 'DEFER_IF_PERMIT', "$_->{node} knows the old") for @nodes;
    is(ask($mx3, 'alone'), 'REJECT', 'another node knows what was counted meanwhile');
    is(ask($mx1, 'both'), 'REJECT', 'whoever counted it');
    $mx1->wait_until("$_->{node} to know", 10, sub { ask($_, 'meanwhile') eq 'DEFER_IF_PERMIT' }) for $mx2, $mx3;
    like(log_of($mx1), qr/event=redis state=answering/, 'the log tells');
};

subtest 'Redis loses its data' => sub {
    redis('flushall');
    is(ask($mx3, 'alone'), 'REJECT', 'no node forgets');
    for my $box (@nodes) {
        $box->wait_until('it finds out', 30, sub { log_of($box) =~ /error="[^"]*its data are gone/ });
    }
    wait_for('answering');
    is(ask($mx2, 'alone'), 'REJECT', 'and what one knew, all know');
    $mx1->wait_until('the suspension to be told again', 10, sub { redis('lrange outvet:2:suspensions 0 -1') =~ /meanwhile/ });
};

subtest 'a node that is killed counts nothing twice' => sub {
    is(ask($mx2, 'killed'), 'DUNNO', 'counted');
    $mx2->stop_outvetd('KILL');
    $mx2->start_outvetd;
    is(ask($mx2, 'killed'), 'REJECT', 'it knows');
    my ($used) = log_of($mx2) =~ /account killed: (\d+) recipients/;
    is($used, 2, 'of one');
};

subtest 'a wrong place is refused with a sentence' => sub {
    my $file = "$mx3->{dir}/outvet.conf";
    my $text = Sandbox::slurp($file);
    Sandbox::spew($file, $text =~ s{rediss://}{rediss://:sesame\@}r);
    my ($status, $out, $err) = $mx3->outvet('config', 'check');
    is($status, 78, 'settings');
    like($err, qr/\[counters\] store = .*: a password has no place here; write it into a file/, 'what to do');
    unlike($err, qr/sesame/, 'the password is not told');
    Sandbox::spew($file, $text =~ s{^tls_ca = .*}{}mr);
    $mx3->stop_outvetd;
    $mx3->start_outvetd;
    like(state_of($mx3)->{error}, qr/its certificate is not believed/, 'a certificate of nobody');
    is(ask($mx3, 'untrusted'), 'DUNNO', 'and mail goes on');
};

done_testing;
