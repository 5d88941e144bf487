#!/usr/bin/perl
# A wrong list of egress addresses: SPF fails for domain after domain, against a real name server
# (NSD), and holds mail no longer.
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

# Mail of the customers leaves from 192.0.2.200, which the settings don't know.
my @customers = map {"reiher$_-test.net"} 1 .. 5;
my $records = join '', map {"$_. MX 10 mail.$_.\n$_. TXT \"v=spf1 ip4:192.0.2.200 -all\"\n_dmarc.$_. TXT \"v=DMARC1; p=reject\"\n"} @customers;
my $server = NameServer->new("${records}kranich-test.net. MX 10 mail.kranich-test.net.\n"
        . "kranich-test.net. TXT \"v=spf1 ip4:192.0.2.25 -all\"\n");
my $box = Sandbox->new(no_postfix => 1, dns => $server->address, settings => <<'END');
[egress]
addresses = 192.0.2.25
signing = none
END
$box->start_outvetd;
my $client = MilterClient->new(path => $box->{milter_socket});
my $number = 0;

# TRUE where it is held.
sub is_held {
    my ($domain) = @_;
    my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    $number++;
    $client->envelope(from => "anna\@$domain", to => ['bert@otherhouse-test.org']);
    $client->message(<<"LETTER");
From: Anna Muster <anna\@$domain>
To: Bert Beispiel <bert\@otherhouse-test.org>
Subject: Minutes of the meeting $number
Date: $now
Message-ID: <$number.@{[ int rand 1e12 ]}\@$domain>

Good morning Bert, here are the minutes number $number that we spoke of.
LETTER
    return grep { $_->[0] eq 'q' } $client->finish;
}
sub spf { return decode_json(($box->outvet('status', '--json'))[1])->{spf} }
sub last_line { return (reverse grep { / verdict=/ } split /\n/, $box->outvetd_log)[0] }

subtest 'a domain whose record lacks the address is held' => sub {
    ok(is_held($customers[0]), 'held');
    like(last_line(), qr/ hits=\S*AUTH_SPF_FAIL/, 'by SPF');
    is(spf()->{state}, 'ok', 'nothing to doubt');
    is(is_held($customers[0]), 1, "message $_") for 2 .. 45;
    is(spf()->{state}, 'ok', 'one domain alone, however much it sends, raises no doubt');
};

subtest 'many domains raise doubt, and nothing is held any more' => sub {
    is_held($customers[$_ % 4 + 1]) for 1 .. 16;
    my $spf = spf();
    is($spf->{state}, 'doubtful', 'state');
    is($spf->{failing_domains}, 5, 'domains');
    like($spf->{since}, qr/^\d{4}-\d\d-\d\dT/, 'since when');
    like(($box->outvet('status'))[1], qr/^spf\.state +doubtful$/m, 'told to people, too');
    my @lines = $box->outvetd_log =~ /^.*event=spf state=doubtful .*$/mg;
    is(@lines, 1, 'logged once');
    like($lines[0], qr/failing-domains=\d.*\[egress\]/, 'with what is to be done');
    ok($box->wait_until('the alert', 30, sub { $box->outvetd_log =~ /event=alert kind=trouble subject=spf / }),
        'the operator is alerted');
    ok(!is_held($customers[1]), 'SPF and DMARC that fail hold nothing');
    my $line = last_line();
    like($line, qr/ shadow-hits=\S*AUTH_SPF_DOUBTFUL/, 'but are told');
    like($line, qr/ spf=fail /, 'as they came out');
    unlike($line, qr/AUTH_SPF_FAIL|AUTH_DMARC_REJECT|AUTH_NONE/, 'without effect');
};

subtest 'it ends when mail passes' => sub {
    is_held('kranich-test.net') for 1 .. 240;
    is(spf()->{state}, 'ok', 'state');
    is(() = $box->outvetd_log =~ /event=spf state=ok /g, 1, 'logged once');
    ok(is_held($customers[1]), 'a domain that fails is held again');
};

subtest 'other settings begin anew' => sub {
    is_held($customers[$_ % 5]) for 1 .. 256;
    is(spf()->{state}, 'doubtful', 'in doubt again');
    $box->write_settings("[egress]\naddresses = 192.0.2.200\n");
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    is(spf()->{state}, 'ok', 'no doubt');
    is(spf()->{results}, 0, 'and no results');
    ok(!is_held($customers[0]), 'the right address holds nothing');
};

$client->quit;
is($box->stop_outvetd, 0, 'a clean end');
done_testing;
