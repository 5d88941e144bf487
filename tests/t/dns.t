#!/usr/bin/perl
# What the DNS says of a message, asked of a real name server (NSD): by outvet check and by outvetd.
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

my $server = NameServer->new(<<'END');
kranichwerke-test.net. MX 10 mx.kranichwerke-test.net.
kranichwerke-test.net. TXT "v=spf1 include:spf.kranichwerke-test.net -all"
spf.kranichwerke-test.net. TXT "v=spf1 ip4:198.51.100.7 -all"
_dmarc.kranichwerke-test.net. TXT "v=DMARC1; p=quarantine"
mx.kranichwerke-test.net. A 192.0.2.25
www.kranichwerke-test.net. CNAME mx.kranichwerke-test.net.
silent-test.net. MX 0 .
otherhouse-test.org. A 192.0.2.26
7.100.51.198.in-addr.arpa. PTR mx.kranichwerke-test.net.
otherhouse-test.org.list-test.org. A 127.0.0.2
END

my $date = '2026-11-23T20:05:00Z';
my $here = Outvet->new(dns => $server->address);
our $shipped = $here->put('shipped.conf', Outvet::slurp("$here->{dir}/outvet.conf")
        =~ s/^directories = .*/directories = $Outvet::source\/rules/mr);

sub letter {
    my ($from, $body) = @_;
    my $now = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    return <<"END";
From: Paul Miller <paul\@$from>
To: Ann Weaver <ann\@otherhouse-test.org>
Subject: Minutes of the meeting
Date: $now
Message-ID: <@{[ int rand 1e12 ]}\@$from>

@{[ $body // 'Dear Ann, until Thursday.' ]}
END
}

sub check {
    my ($text, @options) = @_;
    my ($status, $out, $err) = $here->run('check', '--json', '--facts', @options, '--config', $shipped, '-',
        { bare => 1, input => $text });
    diag $err if $err;
    my $answer = decode_json($out);
    return { facts => $answer->{facts}, hits => { map { $_->{rule} => 1 } @{ $answer->{hits} } } };
}

subtest 'outvet check asks about the names in a message' => sub {
    my $good = check(letter('kranichwerke-test.net', 'See https://www.kranichwerke-test.net/hall'));
    ok(!$good->{hits}{HDR_FROM_DOMAIN_NX}, 'a domain that exists');
    is($good->{facts}{'dns.link.missing'}, 0, 'a host that exists, by an alias');
    ok(check(letter('gone-test.net'))->{hits}{HDR_FROM_DOMAIN_NX}, 'a domain that does not');
    ok(check(letter('silent-test.net'))->{hits}{HDR_FROM_NULLMX}, 'a domain that takes no mail');
    my $broken = check(letter('kranichwerke-test.net', "See https://gone.kranichwerke-test.net/hall\n"));
    ok($broken->{hits}{LINK_BROKEN_HOST}, 'a link to a host that does not exist');
    is($broken->{facts}{'dns.link.missing.text'}, 'gone.kranichwerke-test.net', 'is told');
    my $mute = check(letter('gone-test.net'), '--no-dns');
    ok(!$mute->{hits}{HDR_FROM_DOMAIN_NX}, '--no-dns asks nobody');
    ok(!defined $mute->{facts}{'dns.from.missing'}, 'and knows nothing');
};

subtest 'SPF and DMARC are judged for the address from which mail will leave' => sub {
    my $letter = letter('kranichwerke-test.net');
    my $named = check($letter, '--egress', '198.51.100.7');
    is($named->{facts}{'auth.spf'}, 'pass', 'an address that an included record names');
    is($named->{facts}{'auth.dmarc'}, 'pass', 'and DMARC with it');
    my $other = check($letter, '--egress', '198.51.100.7', '--egress', '198.51.100.8');
    ok($other->{hits}{AUTH_SPF_FAIL}, 'one of two addresses is missing');
    is($other->{facts}{'auth.spf.address'}, '198.51.100.8', 'and is told');
    is($other->{facts}{'auth.dmarc.policy'}, 'quarantine', 'the policy is known all the same');
    my $unknown = check($letter);
    ok(!defined $unknown->{facts}{'auth.spf'}, 'without an address nothing is known of SPF');
    ok(!defined check($letter, '--no-dns', '--egress', '198.51.100.8')->{facts}{'auth.spf'},
        'nor without DNS');
    my ($status, undef, $err) = $here->run('check', '--egress', 'mail.example', '--config', $shipped, '-',
        { bare => 1, input => $letter });
    is($status, 64, 'an address that is none');
    like($err, qr/--egress mail\.example: not an IP address/, 'is told');
};

subtest 'that SPF is not judged is told' => sub {
    my $letter = letter('kranichwerke-test.net');
    my @plain = ('--config', $shipped, '-', { bare => 1, input => $letter });
    my $remark = qr/SPF not judged: \[egress\] addresses is empty\./;
    like(($here->run('check', @plain))[1], $remark, 'for people');
    like(($here->run('check', '--html', @plain))[1], $remark, 'and in the page');
    unlike(($here->run('check', '--egress', '198.51.100.7', @plain))[1], $remark, 'but where an address is given');
    unlike(($here->run('check', '--no-dns', @plain))[1], $remark, 'or nothing is asked');
};

subtest 'outvet check tells how the egress address stands' => sub {
    my $letter = letter('kranichwerke-test.net');
    my $bare = check($letter, '--egress', '198.51.100.8');
    ok($bare->{hits}{DNS_PTR_NONE}, 'an address without a reverse name');
    is($bare->{facts}{'dns.egress.reverse'}, 'none', 'is known by its fact');
    my $wrong = check($letter, '--egress', '198.51.100.7');
    ok($wrong->{hits}{DNS_FCRDNS_FAIL}, 'one whose name leads elsewhere');
    ok(!defined check($letter, '--no-dns', '--egress', '198.51.100.8')->{facts}{'dns.egress.reverse'},
        'without DNS nothing is known');
};

subtest 'outvet check asks about the sender and lists of domains' => sub {
    my $letter = letter('kranichwerke-test.net', 'See https://www.otherhouse-test.org/hall');
    ok(check($letter, '--sender', 'bounce@gone-test.net')->{hits}{DNS_SENDER_NX}, 'a domain that does not exist');
    ok(check($letter, '--sender', 'bounce@silent-test.net')->{hits}{DNS_SENDER_NULLMX}, 'one that takes no mail');
    ok(check($letter, '--sender', 'bounce@otherhouse-test.org')->{hits}{DNS_MX_MISSING}, 'one without MX');
    is(check($letter)->{facts}{'dns.link.listed'}, undef, 'no list is asked by default');
    local $shipped = $here->put('lists.conf',
        Outvet::slurp($shipped) =~ s/^servers = .*\K/\ndomain_block_lists = list-test.org/mr);
    my $listed = check($letter);
    ok($listed->{hits}{LINK_URIBL}, 'a link to a domain on a list');
    is($listed->{facts}{'dns.link.listed.text'}, 'otherhouse-test.org on list-test.org: listed', 'is told');
    ok(check(letter('otherhouse-test.org'))->{hits}{DNS_DOMAIN_DBL}, 'and a sender on it');
};

subtest 'outvet check tells what it could not ask' => sub {
    my $dead = $here->put('dead.conf', Outvet::slurp($shipped) =~ s/^servers = .*/servers = 127.0.0.1\@1/mr);
    my ($status, $out, $err) = $here->run('check', '--config', $dead, '-',
        { bare => 1, input => letter('kranichwerke-test.net') });
    like($err, qr/^outvet: questions to the DNS without an answer: [1-9]\d*; what stands on them was not judged/, 'said');
    like($out, qr/^Accepted/m, 'and nothing is held for it');
    (undef, undef, $err) = $here->run('check', '--no-dns', '--config', $dead, '-',
        { bare => 1, input => letter('kranichwerke-test.net') });
    is($err, '', 'nothing is asked, nothing missed');
};

subtest 'servers that are none are told with their place' => sub {
    my $file = $here->put('wrong.conf', "[dns]\nservers = ns.example\n");
    my ($status, $out, $err) = $here->run('config', 'check', '--config', $file, { bare => 1 });
    is($status, 78, 'exit status');
    like($out . $err, qr/wrong\.conf:2: \[dns\] servers = ns\.example: ns\.example is no name server/, 'place and reason');
};

subtest 'outvetd judges by the DNS, says when it is down, and recovers' => sub {
    my $box = Sandbox->new(no_postfix => 1, dns => $server->address);
    $box->start_outvetd;
    my $tell = sub {
        my ($from) = @_;
        my $client = MilterClient->new(path => $box->{milter_socket});
        $client->envelope(from => "paul\@$from", to => ['ann@otherhouse-test.org']);
        $client->message(letter($from));
        my @answers = $client->finish;
        $client->quit;
        return join '', map { $_->[0] } @answers;
    };
    my $status = sub { return decode_json(($box->outvet('status', '--json'))[1])->{dns} };
    unlike($tell->('kranichwerke-test.net'), qr/q/, 'mail of a domain that exists passes');
    like($tell->('gone-test.net'), qr/q/, 'mail of one that does not is held');
    is($status->()->{state}, 'answering', 'status tells of DNS');
    is($status->()->{spf}, 'not judged: [egress] addresses is empty', 'and why SPF is not judged');

    $server->stop;
    for my $n (1 .. 200) {
        last if $status->()->{state} eq 'down';
        unlike($tell->("gone$n-test.net"), qr/q/, 'what is unknown holds nothing') if $n <= 3;
        $tell->("gone$n-test.net");
    }
    is($status->()->{state}, 'down', 'a dead name server is found out');
    like($box->outvetd_log, qr/event=dns state=down /, 'and logged');
    unlike($tell->('later-test.net'), qr/q/, 'mail passes');
    like($tell->('gone-test.net'), qr/q/, 'and what was known before is known');

    $server->start;
    $box->wait_until('DNS to be found alive', 60, sub { $status->()->{state} eq 'answering' });
    like($box->outvetd_log, qr/event=dns state=answering/, 'its return is logged');
    like($tell->('also-gone-test.net'), qr/q/, 'and counts');
    is(($box->outvet('config', 'reload'))[0], 0, 'reload');
    ok($status->()->{cached} > 0, 'keeps the answers');
    is($box->stop_outvetd, 0, 'a clean end');
};

done_testing;
