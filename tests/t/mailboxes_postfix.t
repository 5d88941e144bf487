#!/usr/bin/perl
# [dns] probe_mailboxes against a real Postfix that takes the domain's mail, and whose milter is the
# outvetd that asks.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use NameServer;
use Sandbox;
use Test::More;

plan skip_all => 'a private Postfix needs root' if $> != 0;
my $place = '127.77.0.26';
my $port = IO::Socket::INET->new(LocalAddr => $place, LocalPort => 25, Listen => 1, ReuseAddr => 1);
plan skip_all => "port 25 of $place cannot be had" if !$port;
close $port;

my $server = NameServer->new(<<"END");
reiher-test.net. MX 10 mx.reiher-test.net.
mx.reiher-test.net. A $place
mail.reiher-test.net. A 192.0.2.25
END
my $box = Sandbox->new(
    dns => "@{[ $server->address ]}\ntime_limit = 10s\nprobe_mailboxes = yes",
    settings => "[egress]\naddresses = 192.0.2.25\nhelo = mail.reiher-test.net\n",
    main_cf => {
        virtual_mailbox_domains => 'reiher-test.net',
        virtual_mailbox_maps => 'inline:{postmaster@reiher-test.net=x}',
    },
);
open my $master, '>>', "$box->{dir}/etc/master.cf" or die "master.cf: $!\n";
print $master "$place:25 inet n - n - - smtpd\n";
close $master or die "master.cf: $!\n";

sub mailboxes { return { map { $_->{address} => $_ } @{ decode_json(($box->outvet('status', '--json'))[1])->{mailboxes} } } }

# Postfix first: outvetd asks as soon as it runs.
$box->start_sink;
$box->start_postfix;
$box->start_outvetd;
$box->wait_until('the round', 60, sub { keys %{ mailboxes() } == 2 });
my $known = mailboxes();
is($known->{'postmaster@reiher-test.net'}{state}, 'accepted', 'a mailbox that Postfix has');
is($known->{'abuse@reiher-test.net'}{state}, 'refused', 'one that it has not');
like($known->{'abuse@reiher-test.net'}{answer}, qr/^550 5\.1\.1 .*User unknown/, 'by its words');
my $log = $box->mail_log;
like($log, qr/disconnect from .* ehlo=1 mail=1 rcpt=1\/2 rset=1 quit=1 commands=5\/6$/m, 'a polite dialogue');
is_deeply([$box->queue], [], 'nothing is queued');
is_deeply([$box->ledger('SELECT id FROM messages')], [], 'nor is a message in the ledger');
$box->stop;
done_testing;
