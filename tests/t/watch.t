#!/usr/bin/perl
# outvetd watches how the egress addresses stand in the DNS, against a real name server (NSD).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use MilterClient;
use NameServer;
use POSIX ();
use Sandbox;
use Test::More;

my $key = 'abcdefghijklmnopqrstuvwxyz';

my $lists = <<"END";
2.0.0.127.list-test.org. A 127.0.0.2
2.0.0.127.zen.spamhaus.org. A 127.255.255.254
1.0.0.127.zen.spamhaus.org. A 127.255.255.254
25.2.0.192.zen.spamhaus.org. A 127.255.255.254
27.2.0.192.zen.spamhaus.org. A 127.255.255.254
2.0.0.127.$key.zen.dq.spamhaus.net. A 127.0.0.2
26.2.0.192.$key.zen.dq.spamhaus.net. A 127.0.0.4
27.2.0.192.list-test.org. A 127.0.0.2
test.dbl.spamhaus.org. A 127.0.1.2
gone-test.org.dbl.spamhaus.org. A 127.0.1.4
END
my $right = <<'END';
25.2.0.192.in-addr.arpa. PTR mail.kranichwerke-test.net.
mail.kranichwerke-test.net. A 192.0.2.25
27.2.0.192.in-addr.arpa. PTR other.kranichwerke-test.net.
other.kranichwerke-test.net. A 192.0.2.99
kranichwerke-test.net. MX 10 mail.kranichwerke-test.net.
kranichwerke-test.net. TXT "v=spf1 ip4:192.0.2.24/29 -all"
END

my $server = NameServer->new($lists . $right);
my $box = Sandbox->new(no_postfix => 1, dns => $server->address);

# More cache is another resolver: it has to ask anew.
my $cache = 8;
sub write_settings {
    $box->{dns} = join "\n", $server->address, 'time_limit = 10s', "cache = ${\ $cache++ }M",
        "block_lists = zen.spamhaus.org list-test.org $key.zen.dq.spamhaus.net",
        'domain_block_lists = dbl.spamhaus.org';
    $box->write_settings(<<'END');
[egress]
addresses = 192.0.2.25 192.0.2.26 192.0.2.27
helo = mail.kranichwerke-test.net
END
    return;
}

sub status { return decode_json(($box->outvet('status', '--json'))[1]) }

sub stands { return { map { $_->{address} => $_ } @{ status()->{egress} } } }

sub list { return (grep { $_->{list} eq $_[1] } @{ $_[0]{lists} })[0] // {} }

sub check_again {
    my ($what, $done) = @_;
    write_settings();
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    $box->wait_until($what, 60, $done);
    return;
}

sub rename_to {
    my ($records) = @_;
    $server->stop;
    $server->put('root.zone', <<"END");
\$TTL 300
. SOA ns.invalid. hostmaster.invalid. 2 3600 900 604800 300
. NS ns.invalid.
$records
END
    $server->start;
    return;
}

write_settings();
$box->start_outvetd;
$box->wait_until('the first check', 60, sub { @{ status()->{egress} } == 3 });

subtest 'each address is told with its name, HELO and lists' => sub {
    my $stands = stands();
    my ($good, $bare, $wrong) = @$stands{qw(192.0.2.25 192.0.2.26 192.0.2.27)};
    is($good->{reverse}, 'confirmed', 'a name that leads back');
    is($good->{ptr}, 'mail.kranichwerke-test.net', 'which');
    is($good->{helo_state}, 'matches', 'HELO leads to it');
    like($good->{reverse_since}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'since when');
    is($bare->{reverse}, 'none', 'an address without a name');
    is($bare->{ptr}, undef, 'has none');
    is($bare->{helo_state}, 'other address', 'HELO does not lead to it');
    is($wrong->{reverse}, 'unconfirmed', 'a name that leads elsewhere');
    is($wrong->{ptr}, 'other.kranichwerke-test.net', 'which');
    is(list($good, 'list-test.org')->{state}, 'not listed', 'a list that works');
    is(list($wrong, 'list-test.org')->{state}, 'listed', 'and lists');
    is(list($wrong, 'list-test.org')->{code}, '127.0.0.2', 'by which code');
    is(list($_, 'zen.spamhaus.org')->{state}, 'refused', "a list that refuses lists not $_->{address}")
        for $good, $bare, $wrong;
    is(list($bare, '***.zen.dq.spamhaus.net')->{state}, 'listed', 'a list with a key');
    is(status()->{domain_lists}[0]{state}, 'answering', 'a list of domains works');
    is(status()->{dns}{spf}, 'judged', 'SPF is judged for these addresses');
};

sub verdict_of {
    my ($header, $text) = @_;
    $text //= 'Good morning Bert, here are the minutes that we spoke of.';
    my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    my $client = MilterClient->new(path => $box->{milter_socket});
    $client->envelope(from => 'anna@kranichwerke-test.net', to => ['bert@otherhouse-test.org']);
    $client->message(<<"LETTER");
From: Anna Muster <anna\@kranichwerke-test.net>
To: Bert Beispiel <bert\@otherhouse-test.org>
Subject: Minutes of the meeting on Monday
Date: $now
Message-ID: <@{[ int rand 1e12 ]}\@kranichwerke-test.net>
$header
$text
LETTER
    my $answers = join '', map { $_->[0] } $client->finish;
    $client->quit;
    my ($line) = reverse grep { / verdict=/ } split /\n/, $box->outvetd_log;
    return ($answers, $line);
}

subtest 'messages are judged by it' => sub {
    my ($answers, $line) = verdict_of('');
    unlike($answers, qr/q/, 'a letter goes on from a listed address');
    like($line, qr/DNS_PTR_NONE/, 'its record tells the operator of the missing name');
    ($answers, $line) = verdict_of("List-Unsubscribe: <https://www.kranichwerke-test.net/leave>\n");
    like($answers, qr/q/, 'a mailing is held');
    like($line, qr/DNS_BL_SPAMHAUS/, 'because of the list with a key');
    (undef, $line) = verdict_of('', 'Good morning Bert, look at https://www.gone-test.org/login');
    like($line, qr/LINK_URIBL/, 'a link to a domain on a list is told');
    my ($told) = map { decode_json($_) } split /\n/, ($box->outvet('compliance', '--json'))[1];
    my ($reverse) = grep { $_->{name} eq 'reverse-dns' } @{ $told->{requirements} };
    is($reverse->{outcome}, 'not met', 'compliance tells that a reverse name is missing');
};

subtest 'text tells the same' => sub {
    my ($code, $out) = $box->outvet('status');
    like($out, qr/^egress\.192\.0\.2\.25\.reverse +confirmed$/m, 'reverse');
    like($out, qr/^egress\.192\.0\.2\.27\.lists\.list-test\.org\.state +listed$/m, 'lists');
    like($out, qr/^domain_lists\.dbl\.spamhaus\.org\.state +answering$/m, 'lists of domains');
    unlike($out, qr/$key/, 'without the key');
};

subtest 'a listing is an alert, once' => sub {
    my $alert = qr/event=alert kind=block-list subject="192\.0\.2\.27 by list-test\.org" count=1 reason="the list says 127\.0\.0\.2/;
    $box->wait_until('the alert', 20, sub { $box->outvetd_log =~ $alert });
    like($box->outvetd_log, qr/kind=block-list subject="192\.0\.2\.26 by \*\*\*\.zen\.dq\.spamhaus\.net"/, 'a list with a key, without it');
    my ($first, $raised) = (stands()->{'192.0.2.25'}{reverse_checked}, status()->{alerts}{raised});
    sleep 1; # times are told in seconds
    check_again('another check', sub { stands()->{'192.0.2.25'}{reverse_checked} ne $first });
    is(status()->{alerts}{raised}, $raised, 'the same is not raised again');
};

subtest 'the log tells it once' => sub {
    my $log = $box->outvetd_log;
    like($log, qr/event=egress address=192\.0\.2\.25 reverse=confirmed ptr=mail\.kranichwerke-test\.net /, 'right');
    like($log, qr/event=egress address=192\.0\.2\.26 reverse=none helo=/, 'none');
    like($log, qr/event=egress address=192\.0\.2\.27 reverse=unconfirmed .*list-test\.org listed/, 'listed');
    unlike($log, qr/$key/, 'without the key');
    my $first = stands()->{'192.0.2.25'}{reverse_checked};
    sleep 1; # times are told in seconds
    check_again('another check', sub { stands()->{'192.0.2.25'}{reverse_checked} ne $first });
    is(() = $box->outvetd_log =~ /event=egress address=192\.0\.2\.25 /g, 1, 'the same is not told again');
};

subtest 'what the DNS fails to tell is believed a while' => sub {
    my $before = stands()->{'192.0.2.25'};
    $server->stop;
    check_again('DNS to be missed', sub { status()->{dns}{failed} > 0 });
    my $now = stands()->{'192.0.2.25'};
    is($now->{reverse}, 'confirmed', 'while the name server is dead');
    is($now->{reverse_checked}, $before->{reverse_checked}, 'and not as if asked anew');
    $server->start;
};

subtest 'a change is told when the DNS is back' => sub {
    rename_to($lists . $right =~ s/PTR mail\.kranich/PTR mail2.kranich/r);
    check_again('the change', sub { stands()->{'192.0.2.25'}{reverse} ne 'confirmed' });
    is(stands()->{'192.0.2.25'}{ptr}, 'mail2.kranichwerke-test.net', 'the new name');
    like($box->outvetd_log,
        qr/event=egress address=192\.0\.2\.25 reverse=unconfirmed ptr=mail2\.kranichwerke-test\.net /, 'is logged');
};

subtest 'addresses that are gone from the settings are gone' => sub {
    $box->{dns} = $server->address;
    $box->write_settings("[egress]\naddresses = 192.0.2.26\n");
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    $box->wait_until('one address', 60, sub { @{ status()->{egress} } == 1 });
    is(status()->{egress}[0]{address}, '192.0.2.26', 'which');
    is_deeply(status()->{egress}[0]{lists}, [], 'no lists are asked by default');
    is_deeply(status()->{domain_lists}, [], 'nor lists of domains');
};

is($box->stop_outvetd, 0, 'a clean end');
done_testing;
