#!/usr/bin/perl
# outvet trace --logs: mail that the ledger does not know, from old logs.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => 'a private Postfix needs root' if $> != 0;
my $box = Sandbox->new(settings => verdict_settings());
verdict_rules($box);
my $log = "$box->{dir}/log/mail.log";
$box->start;

sub trace {
    my ($status, $out, $err) = $box->outvet('trace', '--json', @_);
    return ($status, $err, map { decode_json($_) } split /\n/, $out);
}

my ($sent, $transcript) = $box->send_smtp(message => letter('Minutes', id => 'known@sandbox.example'),
    from => 'paul@sandbox.example', to => ['ann@fine.example']);
is($sent, 0, 'a message is sent') or diag $transcript;
$box->wait_until('its delivery', 30, sub { Sandbox::slurp($log) =~ /to=<ann\@fine.example>.*status=sent/ });
my ($row) = $box->ledger(q{select queue_id from messages where message_id = '<known@sandbox.example>'});

subtest 'what the ledger knows is told from it' => sub {
    my ($status, $err, @told) = trace('known@sandbox.example', '--logs', $log);
    is($status, 0, 'found') or diag $err;
    is(@told, 1, 'once');
    is($told[0]{verdict}, 'accept', 'the record of the ledger');
    ok(!exists $told[0]{source}, 'not the log');
};

# As if Outvet had come later.
$box->stop_outvetd;
unlink glob "$box->{dir}/state/ledger.sqlite*";
$box->start_outvetd;

subtest 'a real Postfix log tells the rest' => sub {
    my ($status, $err, @told) = trace('<Known@sandbox.example>', '--logs', $log);
    is($status, 0, 'found') or diag $err;
    is(@told, 1, 'one message');
    is($told[0]{source}, 'logs', 'from the log');
    is($told[0]{queue_id}, $row->{queue_id}, 'queue id');
    like($told[0]{client}, qr/\[127\.0\.0\.1\]$/, 'client');
    is($told[0]{sender}, 'paul@sandbox.example', 'sender');
    is($told[0]{deliveries}[0]{recipient}, 'ann@fine.example', 'recipient');
    is($told[0]{deliveries}[0]{outcome}, 'delivered', 'outcome');
    like($told[0]{deliveries}[0]{answer}, qr/^250 /, 'answer');
    my @lines = split /\n/, Sandbox::slurp($told[0]{file});
    like($lines[$told[0]{line} - 1], qr/message-id=<known\@sandbox\.example>/, 'the line is the one told');
};

subtest 'rotated, packed, and by a list of Message-IDs' => sub {
    rename $log, "$log.1" or die $!;
    system('gzip', "$log.1") == 0 or die "gzip\n";
    Sandbox::spew($log, "nothing here\n");
    my $list = "$box->{dir}/ids";
    Sandbox::spew($list, "<known\@sandbox.example>\n\nother\@sandbox.example\n");
    my ($status, $err, @told) = trace('--ids', $list, '--logs', $log, "$log.1.gz");
    is($status, 66, 'one is nowhere');
    like($err, qr/neither the ledger nor the logs know the Message-ID other\@sandbox\.example/, 'which is told');
    is(@told, 1, 'the other is found');
    is($told[0]{file}, "$log.1.gz", 'in the packed file');
    my (undef, $out) = $box->outvet('trace', 'known@sandbox.example', '--logs', "$log.1.gz");
    like($out, qr/not in the ledger, found in the logs/, 'for people');
    like($out, qr/delivered: ann\@fine\.example/, 'each recipient');
};

subtest 'what can\'t be read is told' => sub {
    my $packed = Sandbox::slurp("$log.1.gz");
    Sandbox::spew("$log.cut.gz", substr $packed, 0, -10);
    my ($status, $err, @told) = trace('known@sandbox.example', '--logs', "$log.cut.gz", "$log.none");
    is($status, 66, 'exit code');
    like($err, qr/cut\.gz: the file is cut off/, 'a cut file');
    like($err, qr/none: No such file/, 'a missing one');
    is(@told, 1, 'what stands before that is found');
    ($status, undef, my $none) = $box->outvet('trace', '--logs', $log);
    is($status, 64, 'without an ID');
    like($none, qr/tell an ID/, 'it says so');
};

$box->stop;
done_testing;
