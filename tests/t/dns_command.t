#!/usr/bin/perl
# outvet dns, asking a real name server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use MilterClient;
use NameServer;
use Outvet;
use POSIX ();
use Sandbox;
use Test::More;

my $server = NameServer->new(<<'ZONE');
right-test.net. MX 10 mx.right-test.net.
mx.right-test.net. A 198.51.100.7
right-test.net. TXT "v=spf1 ip4:198.51.100.7 -all"
_dmarc.right-test.net. TXT "v=DMARC1; p=none; rua=mailto:dmarc@right-test.net"
7.100.51.198.in-addr.arpa. PTR mx.right-test.net.
wrong-test.net. MX 10 192.0.2.1.
wrong-test.net. TXT "v=spf1 include:gone.wrong-test.net ptr +all"
wrong-test.net. TXT "v=spf1 ip4:192.0.2.9 ~all"
_dmarc.wrong-test.net. TXT "v=DMARC1; p=banana"
steered-test.net. TXT "v=spf1 \027[31m -all"
8.100.51.198.in-addr.arpa. PTR mail.right-test.net.
mail.right-test.net. A 198.51.100.99
seen-test.net. MX 10 mx.right-test.net.
seen-test.net. TXT "v=spf1 ip4:198.51.100.7 -all"
_dmarc.seen-test.net. TXT "v=DMARC1; p=none; rua=mailto:dmarc@seen-test.net"
old._domainkey.seen-test.net. TXT "v=DKIM1; k=rsa; p="
ZONE
my $outvet = Outvet->new(dns => $server->address,
    settings => "[egress]\naddresses = 198.51.100.7\nhelo = mx.right-test.net\n");

subtest 'a right domain' => sub {
    my ($status, $out, $err) = $outvet->run('dns', 'Right-Test.net');
    is($status, 0, 'nothing is to be mended') or diag $out, $err;
    like($out, qr/^  \+ 198\.51\.100\.7 may send: pass by ip4:198\.51\.100\.7$/m, 'SPF passes for the egress address');
    like($out, qr/^  \+ the policy is none, by the record at _dmarc\.right-test\.net$/m, 'DMARC');
    like($out, qr/^  \+ 10 mx\.right-test\.net has an address$/m, 'MX');
    unlike($out, qr/Publish:/, 'nothing to publish');
};

subtest 'a domain with every fault gets the records to publish' => sub {
    my ($status, $out) = $outvet->run('dns', 'wrong-test.net');
    is($status, 1, 'something is to be mended');
    like($out, qr/^  ! there are 2 SPF records/m, 'two records');
    like($out, qr/^    Publish:  wrong-test\.net\. IN TXT "v=spf1 ip4:198\.51\.100\.7 ip4:192\.0\.2\.9 ~all"$/m, 'one in their place');
    like($out, qr/^    Publish:  _dmarc\.wrong-test\.net\. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc\@wrong-test\.net"$/m, 'a policy');
    like($out, qr/^  ! 10 192\.0\.2\.1 is an address/m, 'the MX that is an address');
    my $spf = index $out, "\nSPF\n";
    my $dkim = index $out, "\nDKIM\n";
    ok($spf < $dkim && index($out, "\nMX\n") < $dkim, 'what is wrong comes first');

    my ($file) = $out =~ /^    Publish:  wrong-test\.net\. IN TXT "(.*)"$/m;
    my $mended = NameServer->new(qq{wrong-test.net. TXT "$file"\n});
    my $again = Outvet->new(dns => $mended->address, settings => "[egress]\naddresses = 198.51.100.7\n");
    (undef, $out) = $again->run('dns', 'wrong-test.net');
    like($out, qr/^  \+ 198\.51\.100\.7 may send: pass/m, 'once it is published, SPF is right');
};

subtest 'egress addresses' => sub {
    my ($status, $out) = $outvet->run('dns');
    is($status, 0, 'that of the settings is right') or diag $out;
    like($out, qr/^198\.51\.100\.7$/m, 'without a name it is the settings\' addresses');
    like($out, qr/its name mx\.right-test\.net leads back to it/, 'confirmed');
    ($status, $out) = $outvet->run('dns', '198.51.100.8');
    is($status, 1, 'another is not');
    like($out, qr/^  ! its name mail\.right-test\.net does not lead back to it$/m, 'why');
    like($out, qr/^    Publish:  mail\.right-test\.net\. IN A 198\.51\.100\.8$/m, 'the record');
    ($status, $out) = $outvet->run('dns', '198.51.100.9');
    like($out, qr/^    Publish:  9\.100\.51\.198\.in-addr\.arpa\. IN PTR mx\.right-test\.net\.$/m, 'a missing name');
};

subtest 'domains that sent lately' => sub {
    my $box = Sandbox->new(no_postfix => 1, dns => $server->address);
    $box->write_settings("[egress]\naddresses = 198.51.100.7\nhelo = mx.right-test.net\n");
    $box->start_outvetd;
    my $send = sub {
        my ($domain, $signature) = @_;
        my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
        my $client = MilterClient->new(path => $box->{milter_socket});
        $client->envelope(from => "anna\@$domain", to => ['bert@otherhouse-test.org']);
        $client->message(<<"LETTER");
From: Anna Muster <anna\@$domain>
To: Bert Beispiel <bert\@otherhouse-test.org>
Subject: Minutes of the meeting on Monday
Date: $now
Message-ID: <@{[ int rand 1e12 ]}\@$domain>
$signature
Good morning Bert, here are the minutes that we spoke of.
LETTER
        $client->finish;
        $client->quit;
    };
    $send->('seen-test.net', sprintf "DKIM-Signature: v=1; a=rsa-sha256; d=seen-test.net; s=old; h=from; bh=%s=; b=%s=\n",
        'A' x 43, 'A' x 171);
    $send->('right-test.net', '') for 1, 2;
    my ($status, $out, $err) = $box->outvet('dns');
    is($status, 1, 'something is to be mended') or diag $err;
    like($out, qr/^198\.51\.100\.7$/m, 'the egress address');
    like($out, qr/^DOMAIN +MESSAGES +SPF +DKIM +DMARC +MX +TO MEND$/m, 'and a line a domain');
    like($out, qr/^seen-test\.net +1 +fine +mend +fine +fine +selector old: the key is revoked/m,
        'a key that is revoked under a selector in use');
    like($out, qr/^right-test\.net +2 .*\n(?:.*\n)*seen-test/m, 'most mail first');
    (undef, $out) = $box->outvet('dns', '--json');
    my %seen = map { $_->{name} => $_ } map { decode_json($_) } split /\n/, $out;
    is($seen{'seen-test.net'}{messages}, 1, 'for programs');
    (undef, $out) = $box->outvet('dns', 'seen-test.net');
    like($out, qr/^  ! selector old: the key is revoked/m, 'the selector is looked for by name, too');
    is($box->stop_outvetd, 0, 'a clean end');
};

subtest 'for programs' => sub {
    my (undef, $out) = $outvet->run('dns', '--json', 'wrong-test.net');
    my $report = decode_json($out);
    is($report->{name}, 'wrong-test.net', 'name');
    is($report->{sections}{spf}{publish}[0]{value}, 'v=spf1 ip4:198.51.100.7 ip4:192.0.2.9 ~all', 'the value as a web form takes it');
    is($report->{sections}{spf}{facts}{records}, 2, 'facts');
};

subtest 'trouble' => sub {
    my ($status, $out, $err) = $outvet->run('dns', 'steered-test.net');
    unlike($out, qr/\e/, 'a record steers no terminal');
    is(($outvet->run('dns', 'nonsense'))[0], 64, 'neither a domain nor an address');
    ($status, undef, $err) = Outvet->new(settings => '')->run('dns', 'right-test.net');
    is($status, 69, 'DNS is off');
    $server->stop;
    my $deaf = Outvet->new(dns => $server->address, settings => '');
    ($status, $out, $err) = $deaf->run('dns', 'right-test.net');
    is($status, 69, 'no name server answers') or diag $out;
    like($err, qr/no name server answers/, 'and it says so');
};

done_testing;
