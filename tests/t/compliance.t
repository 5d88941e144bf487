#!/usr/bin/perl
# outvet compliance, of mail that passed a private Postfix.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new(settings => "[egress]\ntls = yes\n");
$box->start;

sub compliance { return $box->run(["$Sandbox::build/outvet", 'compliance', '--config', "$box->{dir}/outvet.conf", @_]) }

sub send_letter {
    my ($id, $header) = @_;
    my ($status, $transcript) = $box->send_smtp(message => letter('What we built in autumn', id => "$id\@sandbox.example",
            header => $header, body => "Good morning,\n\nthe new hall stands, and you may see it on Friday.\n"),
        from => 'news@sandbox.example', to => ['ann@reiher-test.net']);
    BAIL_OUT("not taken: $transcript") if $status;
    return;
}

subtest 'before any mail' => sub {
    my ($status, $out, $err) = compliance();
    is($status, 66, 'nothing to tell');
    like($err, qr/the ledger has no mail that leaves in the last 7 days/, 'and says so');
    is($out, '', 'on standard error alone');
};

send_letter("one");
send_letter("two", "List-Unsubscribe: <mailto:leave\@sandbox.example>\nList-Id: News <news.sandbox.example>\nPrecedence: bulk\n");

subtest 'a domain whose mailing lacks one-click unsubscribing' => sub {
    my ($status, $out) = compliance('--json');
    my @domains = map { decode_json($_) } split /\n/, $out;
    is(@domains, 1, 'one domain');
    is($domains[0]{domain}, 'sandbox.example', 'by its organisational name');
    is($domains[0]{messages}, 2, 'with both messages');
    my %requirement = map { $_->{name} => $_ } @{ $domains[0]{requirements} };
    is($requirement{'one-click'}{outcome}, 'not met', 'the mailing has no one-click field');
    is($requirement{'one-click'}{not_met}, 1, 'that is one message');
    is_deeply($requirement{'one-click'}{asked_by}, [], 'asked of bulk senders alone, and it is none');
    is($requirement{from}{outcome}, 'met', 'From is right');
    is($requirement{tls}{outcome}, 'met', 'the settings say that mail leaves under TLS');
    is($requirement{'reverse-dns'}{outcome}, 'unknown', 'of reverse DNS nothing is known where no egress address is');
    is($status, 0, 'nothing that is asked of this domain is missing');
};

subtest 'for people' => sub {
    my ($status, $out) = compliance();
    like($out, qr/^DOMAIN +MESSAGES +GMAIL/, 'a matrix');
    like($out, qr/^sandbox\.example +2 +fine +fine +fine +.*one-click 100 %/m, 'a row a domain, with shares');
    ($status, $out) = compliance('Sandbox.Example');
    like($out, qr/^sandbox\.example: 2 messages$/m, 'one domain, however it is written');
    like($out, qr/^! Mailings have one-click unsubscribing: not so in 100\.0 % of the mail\n +Give mailings List-Unsubscribe/m, 'what is missing, with its remedy');
    like($out, qr/^ +Asked by Gmail of bulk senders, by Yahoo of bulk senders/m, 'and who asks it');
    like($out, qr/^\+ There is one From, with one valid address$/m, 'and what is fine');
};

subtest 'wrong words' => sub {
    my ($status, undef, $err) = compliance('--days', '0');
    is($status, 64, 'no days') or diag $err;
    ($status, undef, $err) = compliance('elsewhere.example');
    is($status, 66, 'a domain without mail');
    like($err, qr/no mail of elsewhere\.example/, 'is told');
};

$box->stop;
done_testing;
