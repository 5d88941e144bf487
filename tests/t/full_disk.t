#!/usr/bin/perl
# A ledger that can't be written: tempfail, one clear log line, recovery by itself.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use Sandbox;
use Test::More;
use Verdicts;

my $box = Sandbox->new(settings => verdict_settings());
my $state = "$box->{dir}/state";
my ($mounted) = $box->run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', $state]);
plan skip_all => 'needs the right to mount a tmpfs' if $mounted;
END { system 'umount', '-l', $state if defined $state && defined $mounted && !$mounted && -d $state }
chown((getpwnam $box->{user})[2, 3], $state);
verdict_rules($box);
$box->start;

sub send_letter {
    my ($id) = @_;
    return $box->send_smtp(message => letter('please tag', id => "$id\@sandbox.example"),
        from => 'paul@sandbox.example', to => ['ann@outside.example']);
}
is((send_letter('before'))[0], 0, 'with room: taken');

# The disk fills: somebody else's file takes all that is left.
open my $ballast, '>', "$state/ballast" or die $!;
1 while syswrite $ballast, 'x' x 4096;
close $ballast;
my $refused;
for my $number (1 .. 40) {
    my ($status, $transcript) = send_letter("full-$number");
    next unless $status;
    $refused = $transcript;
    last;
}
ok($refused, 'a full disk refuses mail');
like($refused, qr/\b4[0-9][0-9] /, 'for now (tempfail)');
send_letter('again');
my %lines; # by what says so: whoever follows the delivery log writes to the ledger, too
$lines{/event=(\S+)/ ? $1 : ''}++ for grep {/ledger/ && /full|disk|space/i} split /\n/, $box->outvetd_log;
is($lines{ledger}, 1, 'one clear log line, not one a message') or diag $box->outvetd_log;
is(delete $lines{'delivery-log'} // 1, 1, 'nor more of the delivery log');
is_deeply([keys %lines], ['ledger'], 'and nobody else complains');

unlink "$state/ballast";
is((send_letter('after'))[0], 0, 'room again: taken, without a restart');
is(scalar $box->ledger("select 1 from messages where message_id like '%after\@%'"), 1, 'and recorded');
my ($status) = $box->outvet('status');
is($status, 0, 'status is well again');

$box->stop_postfix;
$box->stop_outvetd;
$box->run(['umount', $state]);
$box->stop;
done_testing;
