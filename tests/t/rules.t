#!/usr/bin/perl
# outvet rules: what is in force, and mistakes told so that they can be mended.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Outvet;
use Test::More;

my $here = Outvet->new;

subtest 'list' => sub {
    my ($status, $out) = $here->run('rules', 'list');
    is($status, 0, 'works');
    like($out, qr/^TEST_HOLD +7 +test +G15 +Do not ask to be held\.$/m, 'a rule in a line');
    my ($json_status, $json) = $here->run('rules', 'list', '--json');
    my @rules = map { decode_json($_) } split /\n/, $json;
    is(@rules, 4, 'JSON: one object a rule');
    is($rules[0]{rule}, 'TEST_TAG', 'in order');
};

subtest 'show' => sub {
    my ($status, $out) = $here->run('rules', 'show', 'TEST_TAG');
    is($status, 0, 'works');
    like($out, qr/^# \S+test\.conf:\d+$/m, 'where it stands');
    like($out, qr/^when +\Q= subject.text matches \E/m, 'condition as written');
    like($out, qr/no capitals/, 'what the guide asks for');
    my $copy = $here->put('copy/rules.conf', "[group test]\ncap = 1\n$out");
    is(($here->run('rules', 'check', "$here->{dir}/copy"))[0], 0, 'the output is itself a rule') or diag $out;
    my ($missing, undef, $err) = $here->run('rules', 'show', 'TEST_TGA');
    is($missing, 66, 'unknown rule');
    like($err, qr/did you mean TEST_TAG\?/, 'nearest name');
};

subtest 'facts' => sub {
    my ($status, $out) = $here->run('rules', 'facts');
    is($status, 0, 'works');
    like($out, qr/^message\.recipients +number +addresses +\S/m, 'name, type, unit and meaning');
    my (undef, $json) = $here->run('rules', 'facts', '--json');
    my %facts = map { my $fact = decode_json($_); $fact->{fact} => $fact } split /\n/, $json;
    is($facts{'subject.text'}{type}, 'text', 'JSON');
};

subtest 'check' => sub {
    my ($status, $out) = $here->run('rules', 'check');
    is($status, 0, 'good rules');
    like($out, qr/^4 rules and 0 phrase lists are right; ruleset [0-9a-f]{16}$/, 'counted');
    $here->put('bad/local.conf', "[TEST_BAD]\nwhen = subject.txet = 'x'\nscore = 1\ngroup = test\n");
    my ($faulty, $said, $err) = $here->run('rules', 'check', "$here->{dir}/rules", "$here->{dir}/bad");
    is($faulty, 78, 'faulty rules');
    is($said, '', 'nothing on standard output');
    like($err, qr/local\.conf:2: .*TEST_BAD.* when, column \d+: .*subject\.txet.*subject\.text/, 'file, line, rule, key, column, nearest name');
    my (undef, $json) = $here->run('rules', 'check', '--json', "$here->{dir}/rules", "$here->{dir}/bad");
    my $answer = decode_json($json);
    ok(!$answer->{ok}, 'JSON: not ok');
    like($answer->{error}, qr/subject\.txet/, 'JSON: error');
};

subtest 'the shipped rules are right' => sub {
    my ($status, $out, $err) = $here->run('rules', 'check', "$Outvet::source/rules");
    is($status, 0, 'checked') or diag $err;
};

subtest 'rules that were never installed' => sub {
    $here->put('elsewhere.conf', "[rules]\ndirectories = $here->{dir}/nowhere\n");
    my ($status, $out, $err) = $here->run('check', '--config', "$here->{dir}/elsewhere.conf", '-', { bare => 1 });
    is($status, 78, 'refused');
    like($err, qr{/nowhere: .*No such file or directory\. The setting \[rules\] directories tells where rules are; make install puts},
        'with what to do');
};

done_testing;
