#!/usr/bin/perl
# What the repository tells administrators to copy works as it stands.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox";
use File::Temp qw(tempdir);
use Sandbox;
use Test::More;

my $dir = tempdir(CLEANUP => 1);
my $run = sub { return Sandbox::run({ dir => $dir }, @_) };

subtest 'postfix-example.cf is a main.cf that Postfix takes without a warning' => sub {
    my $text = Sandbox::slurp("$Sandbox::source/postfix-example.cf");
    Sandbox::spew("$dir/main.cf", "compatibility_level = 3.6\n$text");
    Sandbox::spew("$dir/master.cf", Sandbox::slurp('/usr/share/postfix/master.cf.dist') || Sandbox::slurp('/etc/postfix/master.cf.proto'));
    my ($status, $out, $err) = $run->(['/usr/sbin/postconf', '-c', $dir, '-n']);
    is($status, 0, 'read');
    is($err, '', 'no warning');
    like($out, qr/^smtpd_milters = .*outvet.*default_action = tempfail/m, 'smtpd_milters');
    like($out, qr/^non_smtpd_milters = /m, 'non_smtpd_milters');
    my (undef, $hash) = $run->(['/usr/sbin/postconf', '-c', $dir, '-x', 'enable_long_queue_ids']);
    like($hash, qr/= yes/, 'long queue ids');
};

subtest 'the Sendmail lines are one input mail filter beside comments' => sub {
    my $text = Sandbox::slurp("$Sandbox::source/contrib/sendmail/outvet.m4");
    my @lines = grep { !/^dnl/ && /\S/ } split /\n/, $text;
    is(@lines, 1, 'one line');
    like($lines[0], qr/^INPUT_MAIL_FILTER\(`outvet', `S=unix:[^']*, F=T, T=[^']*'\)dnl$/, 'and it is complete');
};

# Scores and numbers change with the rules' weights; the words stay.
sub words_of {
    my ($line) = @_;
    $line =~ s/\d+(?:\.\d+)?/#/g;
    $line =~ s/\(#(?:, #)+\)/(#)/;
    $line =~ s/\s+/ /g;
    return $line =~ s/^ | $//gr;
}

subtest 'the page that the README shows is what outvet check prints' => sub {
    my ($sample, $shown) = Sandbox::slurp("$Sandbox::source/README.md") =~ m{^    \$ outvet check --no-dns (\S+)\n((?:    .*\n|\n)+)}m;
    ok($shown, 'found');
    Sandbox::spew("$dir/outvet.conf", "[rules]\ndirectories = $Sandbox::source/rules\n");
    my (undef, $out, $err) = $run->(["$Sandbox::build/outvet", 'check', '--no-dns', '--config', "$dir/outvet.conf", '--date',
        '2026-11-23T17:00:30Z', "$Sandbox::source/$sample"]);
    $out =~ s{\Q$Sandbox::source/}{};
    my %printed = map { words_of($_) => 1 } split /\n/, $out;
    my @strange = grep { my $words = words_of($_); $words ne '...' && $words !~ /^Score # [#|.>]+$/ && !$printed{$words} } split /\n/, $shown;
    is_deeply(\@strange, [], 'line by line') or diag $out, $err;
};

subtest 'make install puts everything where the unit file and the settings look' => sub {
    my ($status, $out, $err) = $run->(['make', '-C', $Sandbox::source, 'install', '-o', 'all', "DESTDIR=$dir/root",
        "BUILD=$Sandbox::build"]);
    is($status, 0, 'installed') or diag $err;
    ok(-x "$dir/root/usr/local/sbin/outvetd", 'outvetd');
    ok(-x "$dir/root/usr/local/bin/outvet", 'outvet');
    ok(-f "$dir/root/usr/local/share/outvet/rules/subject.conf", 'rules');
    ok(-f "$dir/root/usr/local/share/outvet/rules/phrases/urgency.en", 'phrase lists');
    ok(-f "$dir/root/etc/outvet/outvet.conf", 'settings');
    ok(-f "$dir/root/usr/local/share/man/man1/outvet.1", 'manual page');
    like(Sandbox::slurp("$dir/root/lib/systemd/system/outvetd.service"), qr{^ExecStart=/usr/local/sbin/outvetd}m,
        'the unit starts what was installed');
};

done_testing;
