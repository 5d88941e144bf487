#!/usr/bin/perl
# The milter protocol, without an MTA: miltertest plays one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $box = Sandbox->new(no_postfix => 1, settings => verdict_settings());
verdict_rules($box);
$box->start_outvetd;

# Runs one script of tests/t/milter/; options become its global variables.
sub script {
    my ($name, %option) = @_;
    $option{socket} = "unix:$box->{milter_socket}";
    $option{lib} = "$FindBin::Bin/milter/common.lua";
    $option{now} = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    my ($status, $out, $err) = $box->run(['miltertest', map({ ('-D', "$_=$option{$_}") } sort keys %option),
        '-s', "$FindBin::Bin/milter/$name.lua"]);
    return is($status, 0, $name) || diag $out, $err, $box->logs;
}

sub settings {
    my ($text) = @_;
    $box->write_settings($text);
    my ($status, $out, $err) = $box->outvet('config', 'reload');
    die "reload: $out$err" if $status;
}

sub verdict {
    my ($id) = @_;
    return join ' ', map { "$_->{verdict}" }
        $box->ledger("select verdict from messages where message_id like '%$id\@example.com%'");
}

subtest 'every verdict, several messages on one connection' => sub {
    script('verdicts');
    is(verdict('held'), 'hold', 'in the ledger');
    like($box->outvetd_log, qr/^outvetd: \S+: message-id=<rejected\@example\.com> .*verdict=reject .*hits=TEST_REJECT=50\.00/m,
        'in the log');
};
subtest 'a message that vanishes leaves nothing behind' => sub {
    script('vanish');
    is(verdict('vanished'), 'accept', 'the last is in the ledger');
    is(scalar $box->ledger("select 1 from messages where sender like '%gone%'"), 0, 'none of the vanished');
    my (undef, $status) = $box->outvet('status', '--json');
    like($status, qr/"in_hand": ?0\b/, 'none in hand');
};
subtest 'forged fields' => sub { script('forged') };
subtest 'an MTA that offers little' => sub { script('old_mta') };
subtest 'what is asked of an MTA that offers all' => sub { script('steps') };
subtest 'an MTA without quarantine: try again later' => sub {
    script('no_quarantine', instead => 'tempfail');
    is(verdict('unholdable'), 'defer', 'and the ledger says so');
};
subtest 'an MTA without quarantine: tag, where so set' => sub {
    settings(verdict_settings() . "[milter]\nwithout_quarantine = tag\n");
    script('no_quarantine', instead => 'tag');
};

$box->stop;
done_testing;
