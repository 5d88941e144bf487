#!/usr/bin/perl
# outvet config and status without a daemon: what is in force, mistakes, nobody there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Outvet;
use Test::More;

my $here = Outvet->new(settings => "[verdict]\nhold = 5\n\n[account shop*]\nhold = 8\n");

subtest 'show' => sub {
    my ($status, $out) = $here->run('config', 'show');
    is($status, 0, 'works');
    like($out, qr/^\[verdict\]\n# \S+outvet\.conf:\d+\nhold = 5(\.0)?$/m, 'what the file sets, and where');
    like($out, qr/^\[account shop\*\]\n# \S+outvet\.conf:\d+\nhold = 8(\.0)?$/m, 'overrides');
    unlike($out, qr/scan_limit/, 'defaults are left out');
    my (undef, $all) = $here->run('config', 'show', '--all');
    like($all, qr/^# default\nscan_limit = 10M$/m, '--all shows them');
    my $copy = $here->put('copy.conf', $all);
    my ($again, undef, $err) = $here->run('config', 'show', '--config', $copy, { bare => 1 });
    is($again, 0, 'the output is itself a settings file') or diag $err;
    my (undef, $json) = $here->run('config', 'show', '--json');
    my ($hold) = grep { $_->{section} eq 'verdict' } map { decode_json($_) } split /\n/, $json;
    is($hold->{name}, 'hold', 'JSON: name');
    like($hold->{origin}, qr/outvet\.conf:\d+$/, 'JSON: origin');
};

subtest 'check' => sub {
    my ($status, $out) = $here->run('config', 'check');
    is($status, 0, 'good settings');
    like($out, qr/settings are right, and so are the 4 rules/, 'and good rules');
    my $bad = $here->put('bad.conf', "[verdict]\nhold = six\n");
    my ($faulty, $said, $err) = $here->run('config', 'check', $bad, { bare => 1 });
    is($faulty, 78, 'a faulty value');
    is($said, '', 'nothing on standard output');
    like($err, qr/bad\.conf:2: .*hold.*six/, 'file, line, name and value');
    my $rules = $here->put('norules.conf', "[rules]\ndirectories = $here->{dir}/none\n");
    is(($here->run('config', 'check', $rules, { bare => 1 }))[0], 78, 'rules that are not there');
    my ($missing) = $here->run('config', 'check', "$here->{dir}/none.conf", { bare => 1 });
    is($missing, 78, 'settings that are not there');
    my (undef, $json) = $here->run('config', 'check', '--json', $bad, { bare => 1 });
    like(decode_json($json)->{error}, qr/six/, 'JSON: error');
};

subtest 'nobody there' => sub {
    for my $command (['status'], ['config', 'reload']) {
        my ($status, $out, $err) = $here->run(@$command);
        is($status, 69, "@$command");
        is($out, '', 'nothing on standard output');
        like($err, qr/control\.sock/, 'says where it asked');
    }
};

subtest 'help is everywhere, and completion knows every word of it' => sub {
    my $completion = Outvet::slurp("$Outvet::source/contrib/completion/outvet.bash");
    my ($status, $out) = $here->run('--help', { bare => 1 });
    is($status, 0, 'overview');
    my @commands = $out =~ /^  ([a-z]+(?: [a-z]+)?) /mg;
    cmp_ok(@commands, '>=', 15, 'lists the commands');
    for my $command (@commands) {
        my ($code, $help) = $here->run(split(/ /, $command), '--help', { bare => 1 });
        is($code, 0, "$command --help");
        like($help, qr/^usage: outvet \Q$command\E/, 'usage');
        like($help, qr/--json/, '--json');
        like($completion, qr/\b$_\b/, "completion knows $_") for split / /, $command;
        like($completion, qr/$_\b/, "completion knows $_") for $help =~ /^  (--[a-z-]+)/mg;
        my ($page) = split / /, $command;
        ok(-e "$Outvet::source/contrib/man/outvet-$page.1", "outvet-$page(1)");
        my $manual = Outvet::slurp("$Outvet::source/contrib/man/outvet-$page.1") . Outvet::slurp("$Outvet::source/contrib/man/outvet.1");
        like($manual, qr/Fl -\Q$_\E\b/, "manual page tells of --$_") for $help =~ /^  --([a-z-]+)/mg;
    }
    is(($here->run('held', '--help', { bare => 1 }))[0], 0, 'a group has help, too');
    is(($here->run({ bare => 1 }))[0], 64, 'nothing at all is a mistake');
};

done_testing;
