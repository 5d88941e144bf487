#!/usr/bin/perl
# [dns] probe_mailboxes: outvetd asks a mail server that knows abuse@ of some domains, and what it says
# is told by status, log, ledger and rules.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use MilterClient;
use NameServer;
use POSIX ();
use Sandbox;
use Test::More;

# Mail servers listen on port 25, which is root's.
my $listener = IO::Socket::INET->new(LocalAddr => '127.77.0.25', LocalPort => 25, Listen => 5, ReuseAddr => 1);
plan skip_all => 'port 25 of 127.77.0.25 cannot be had' if !$listener;

my $server = NameServer->new(<<'END');
kranichwerke-test.net. MX 10 mx.kranichwerke-test.net.
kranichwerke-test.net. TXT "v=spf1 ip4:192.0.2.25 -all"
mx.kranichwerke-test.net. A 127.77.0.25
mail.kranichwerke-test.net. A 192.0.2.25
25.2.0.192.in-addr.arpa. PTR mail.reiher-test.net.
mail.reiher-test.net. A 192.0.2.25
reiher-test.net. MX 10 mx.kranichwerke-test.net.
silent-test.net. MX 0 .
END
my $box = Sandbox->new(no_postfix => 1, dns => $server->address);

# Knows postmaster of every domain, and abuse of reiher-test.net.
my $heard = "$box->{dir}/heard";
sub serve {
    my ($client) = @_;
    my %answer = (EHLO => '250 mx', MAIL => '250 Ok', RSET => '250 Ok', QUIT => '221 Bye');
    print $client "220 mx ESMTP\r\n";
    while (defined(my $line = <$client>)) {
        open my $log, '>>', $heard or die "$heard: $!\n";
        print $log $line;
        close $log or die "$heard: $!\n";
        my ($verb) = $line =~ /^([A-Z]+)/;
        my $reply = $answer{$verb // ''} // '502 5.5.1 no';
        $reply = $line =~ /<(postmaster\@|abuse\@reiher)/ ? '250 2.1.5 Ok' : '550 5.1.1 no such user here'
            if ($verb // '') eq 'RCPT';
        print $client "$reply\r\n";
        last if ($verb // '') eq 'QUIT';
    }
    close $client;
    return;
}
my $child;
$child = fork // die "fork: $!\n";
if ($child == 0) {
    while (my $client = $listener->accept) { $client->autoflush(1); serve($client) }
    POSIX::_exit(0);
}
close $listener;
END { kill 'TERM', $child if $child }

sub status { return decode_json(($box->outvet('status', '--json'))[1]) }
sub mailboxes { return { map { $_->{address} => $_ } @{ status()->{mailboxes} } } }
sub heard { return -e $heard ? Sandbox::slurp($heard) : '' }

# In shadow mode mail leaves, whatever is found.
sub write_settings {
    my ($probe) = @_;
    $box->{dns} = join "\n", $server->address, 'time_limit = 10s', "probe_mailboxes = $probe";
    $box->write_settings("[egress]\naddresses = 192.0.2.25\nhelo = mail.kranichwerke-test.net\n[verdict]\nshadow = yes\n");
    return;
}

sub hits_of {
    my ($domain) = @_;
    my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    my $client = MilterClient->new(path => $box->{milter_socket});
    $client->envelope(from => "anna\@$domain", to => ['bert@otherhouse-test.org']);
    $client->message(<<"LETTER");
From: Anna Muster <anna\@$domain>
To: Bert Beispiel <bert\@otherhouse-test.org>
Subject: What we built in autumn
Date: $now
Message-ID: <@{[ int rand 1e12 ]}\@$domain>
List-Unsubscribe: <https://www.$domain/leave>

Good morning Bert, the new hall stands, and you may see it on Friday.
LETTER
    $client->finish;
    $client->quit;
    return (reverse grep { / verdict=/ } split /\n/, $box->outvetd_log)[0];
}

write_settings('no');
$box->start_outvetd;
$box->wait_until('the first check', 60, sub { @{ status()->{egress} } });
subtest 'nobody is asked by default' => sub {
    is_deeply(mailboxes(), {}, 'nothing is known');
    is(heard(), '', 'nothing was said');
};

write_settings('yes');
is(($box->outvet('config', 'reload'))[0], 0, 'reload');
$box->wait_until('the round', 60, sub { keys %{ mailboxes() } == 4 });

subtest 'the domains of HELO and of the reverse name' => sub {
    my $known = mailboxes();
    is($known->{'abuse@kranichwerke-test.net'}{state}, 'refused', 'a mailbox that is not there');
    is($known->{'abuse@kranichwerke-test.net'}{answer}, '550 5.1.1 no such user here', 'by its words');
    is($known->{'postmaster@kranichwerke-test.net'}{state}, 'accepted', 'one that is');
    is($known->{'abuse@reiher-test.net'}{state}, 'accepted', 'at the reverse name, too');
    like($known->{'abuse@reiher-test.net'}{checked}, qr/^\d{4}-\d\d-\d\dT/, 'when');
    my ($code, $out) = $box->outvet('status');
    like($out, qr/^mailboxes\.abuse\@kranichwerke-test\.net\.state refused$/m, 'for people');
    like($box->outvetd_log,
        qr/event=mailbox address=abuse\@kranichwerke-test\.net state=refused answer="550 5\.1\.1 no such user here"/, 'in the log');
    unlike(heard(), qr/^DATA/m, 'no mail was sent');
    is(() = heard() =~ /^EHLO mail\.kranichwerke-test\.net/mg, 2, 'one connection a domain, under our name');
};

subtest 'a mailing of such a domain is told' => sub {
    like(hits_of('kranichwerke-test.net'), qr/DNS_ABUSE_MAILBOX/, 'nobody reads abuse@');
    unlike(hits_of('reiher-test.net'), qr/DNS_(ABUSE|POSTMASTER)_MAILBOX/, 'somebody does');
};

subtest 'domains that sent lately are asked too, the others not again' => sub {
    hits_of($_) for 'silent-test.net', 'under_score-test.net';
    my $before = heard();
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    $box->wait_until('the next round', 60, sub { keys %{ mailboxes() } == 6 });
    my $known = mailboxes();
    is($known->{'abuse@silent-test.net'}{state}, 'refused', 'a domain that takes no mail');
    like($known->{'abuse@silent-test.net'}{answer}, qr/null MX/, 'why');
    is(heard(), $before, 'whoever told is not asked again');
    is_deeply([grep {/under_score/} keys %$known], [], 'nor what is no name of a host');
};

subtest 'what is known outlives outvetd' => sub {
    my $before = heard();
    is($box->stop_outvetd, 0, 'a clean end');
    $box->start_outvetd;
    $box->wait_until('the first check', 60, sub { keys %{ mailboxes() } == 6 });
    is(heard(), $before, 'and is not asked again');
};

is($box->stop_outvetd, 0, 'a clean end');
done_testing;
