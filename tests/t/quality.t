#!/usr/bin/perl
# contrib/quality: what the rules make of a labelled tree, and weights fitted to one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Outvet;
use Test::More;

my $here = Outvet->new(rules => <<'END');
[group test]
cap = 8

# Says little: people write so, too.
[TEST_LOUD]
when = subject.text matches /\bloud\b/
score = 4
group = test

[TEST_OFFER]
when = subject.text matches /\boffer\b/
score = 2
group = test

[TEST_GRAVE]
when = subject.text matches /\bgrave\b/
score = if(subject.text matches /\bvery grave\b/, 7, 6)
group = test

# What speaks for a message.
[TEST_KNOWN]
when = subject.text matches /\bknown\b/
score = -1
group = test

[TEST_ASKS]
when = subject.text matches /\basks\b/
score = 0.5
ask = hold
group = test

[TEST_IDLE]
when = subject.text matches /\bnever\b/
score = 1
group = test

[TEST_SHADOW]
when = subject.present
score = 9
group = test
shadow = yes
END

my $n = 0;

# A message with that subject, each of a sender of its own unless told.
sub letter {
    my ($subject, $domain) = @_;
    $n++;
    $domain //= "firm$n.example";
    return "From: Paul Miller <paul\@$domain>\nTo: Ann Weaver <ann\@outside.example>\nSubject: $subject\n"
        . "Date: Mon, 23 Nov 2020 20:02:53 +0000\nMessage-ID: <$n\@$domain>\n\nUntil Thursday.\n";
}

# Puts messages into a set of a tree.
sub put {
    my ($tree, $set, @messages) = @_;
    my $i = 0;
    $here->put(sprintf('%s/%s/%03d.eml', $tree, $set, ++$i), $_) for @messages;
}

# Runs a program of contrib/quality on a tree; gives (exit status, standard output, standard error).
sub program {
    my ($name, $tree, @words) = @_;
    my ($out, $err) = map {"$here->{dir}/$_"} qw(stdout stderr);
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        exec "$Outvet::source/contrib/quality/$name", '--outvet', "$Outvet::build/outvet",
            '--out', "$here->{dir}/out", @words, "$here->{dir}/$tree" or exit 127;
    }
    waitpid $pid, 0;
    return ($? >> 8, Outvet::slurp($out), Outvet::slurp($err));
}
my @settings = ('--config', "$here->{dir}/outvet.conf");
sub slurp { return Outvet::slurp("$here->{dir}/$_[0]") }

# The settings of this test, with one directory of rules more.
sub settings_with {
    my ($directory) = @_;
    my $settings = slurp('outvet.conf') =~ s/^(directories = .*)$/$1 $here->{dir}\/$directory/mr;
    return ('--config', $here->put('more.conf', $settings));
}

put('tree', 'ham/letters', (map { letter('Thursday') } 1 .. 16), letter('known and loud'),
    letter('loud'), letter('very grave', 'firm1.example'), letter('asks'));
$here->put('tree/ham/board.mbox', join '', map {"From paul\@example.org Mon Nov 23 20:02:53 2020\n" . letter($_) . "\n"}
    'Minutes', 'very grave and loud', 'Agenda');
put('tree', 'spam/offers', (map { letter('grave offer') } 1 .. 4), (map { letter('loud') } 1 .. 3),
    (map { letter('an offer', 'seller.example') } 1 .. 3));
put('tree', 'spam/letters', letter('Wednesday'), letter('loud'));

subtest 'a report for the administrator' => sub {
    my ($status, $out, $err) = program('quality', 'tree', @settings);
    is($status, 0, 'ends well') or diag $err;
    is($err, '', 'nothing on standard error');
    like($out, qr/^23 wanted and 12 unwanted messages of \S+; tagged from 3, held from 6\.$/m, 'what was judged');
    like($out, qr/holding would have stopped 3 of 23 wanted messages \(13\.04 %\), from 3 of 22 senders,\n/,
        'what holding would do to wanted mail');
    like($out, qr/^and 4 of 12 unwanted messages \(33\.33 %\), from 4 of 10 senders\.$/m, 'and to unwanted mail');

    like($out, qr/^\s+letters\s+20\s+80\.00 %\s+10\.00 %\s+10\.00 %\s+2\s+\d/m, 'a set of wanted mail');
    like($out, qr/^\s+board\s+3\s+66\.67 %\s+0\.00 %\s+33\.33 %\s+1\s+\d/m, 'a set that is an mbox');
    like($out, qr/^\s+offers\s+10\s+30\.00 %\s+30\.00 %\s+40\.00 %\s+4$/m, 'a set of unwanted mail');
    like($out, qr/^\s+all wanted\s+23\s+78\.26 %\s+8\.70 %\s+13\.04 %\s+3\s+/m, 'all wanted mail');
    like($out, qr/^\s+all unwanted\s+12\s+33\.33 %\s+33\.33 %\s+33\.33 %/m, 'all unwanted mail');

    # Scores of wanted mail: 8, 7, 4, 3, 0.5; of unwanted mail: 8 and 4 four times, 2 three times, 0.
    like($out, qr/^\s+0\.1 %\s+-\s+0\.00 %$/m, 'no threshold where the highest score is wanted mail\'s');
    like($out, qr/^\s+5 %\s+8\.00\s+33\.33 %$/m, 'caught at a false rate of 5 %: one wanted message of 23');

    like($out, qr/^\s+TEST_LOUD\s+3\s+13\.04 %\s+4\.00\s+4\s+33\.33 %\s+4\.00\s+2\s+4\s+offers 75 %$/m,
        'a rule: hits, what it adds, what it decides, where');
    like($out, qr/^\s+TEST_GRAVE\s+2\s.*\s7\.00\s+4\s.*\s6\.00\s+2\s+4\s+offers 100 %$/m, 'a score that depends');
    like($out, qr/^\s+TEST_KNOWN\s+1\s.*\s-1\.00\s+\.\s/m, 'what a rule takes off');
    like($out, qr/^\s+1 more hit nothing here\.$/m, 'rules without hits are counted');
    unlike($out, qr/TEST_IDLE|TEST_SHADOW/, 'and not listed, nor are those in shadow');

    my ($holds) = $out =~ /worst false holds.*\n((?:  .*\n)+)/;
    is_deeply([$holds =~ /^\s+[\d.]+  \w+  (\S+)/mg],
        [qw(ham/board.mbox:2 ham/letters/019.eml ham/letters/020.eml ham/letters/018.eml ham/letters/017.eml)],
        'the worst false holds first, then what is tagged');
    like($holds, qr/board\.mbox:2  \(personal\)\n\s+TEST_GRAVE 7\.00, TEST_LOUD 4\.00\n/, 'with their rules');
    my ($misses) = $out =~ /worst misses.*\n((?:  .*\n)+)/;
    is_deeply([($misses =~ /^\s+[\d.]+  \w+  (\S+)/mg)[0, 1]], [qw(spam/letters/001.eml spam/offers/008.eml)],
        'misses of each set in turn');
    unlike($out . slurp('out/messages.tsv'), qr/Thursday|Miller|\@/, 'no subject, name or address is printed');
};

subtest 'files for programs and browsers' => sub {
    my @lines = map { [split /\t/, $_, -1] } split /\n/, slurp('out/messages.tsv');
    is_deeply($lines[0], [qw(path label set class score verdict rules)], 'columns');
    is(@lines, 1 + 35, 'a line for each message');
    my ($line) = grep { $_->[0] eq 'ham/letters/017.eml' } @lines;
    is_deeply($line, [qw(ham/letters/017.eml ham letters personal 3.00 tag), 'TEST_LOUD=4.00 TEST_KNOWN=-1.00'],
        'a message');
    my $svg = slurp('out/curve.svg');
    like($svg, qr/^<svg xmlns.*<path class="curve" d="M[^"]+"\/>.*<\/svg>\n\z/s, 'the curve');
    like($svg, qr/hold from 6: 33\.3 % of unwanted, 8\.70 % of wanted/, 'with the thresholds on it');
    unlike($svg, qr/class="before"/, 'no other run beside it');
};

subtest 'what a change of rules does, message by message' => sub {
    rename "$here->{dir}/out/messages.tsv", "$here->{dir}/before.tsv";
    $here->put('change/change.conf', <<'END');
[TEST_LOUD]
score = 2.5

[TEST_OFFER]
enabled = no

[TEST_NEW]
when = subject.text matches /Wednesday/
score = 5
group = test
END
    unlink "$here->{dir}/tree/ham/letters/001.eml";
    my ($status, $out, $err) = program('quality', 'tree', settings_with('change'), '--against', "$here->{dir}/before.tsv");
    is($status, 0, 'ends well') or diag $err;
    my ($changes) = $out =~ /\nChanged sides since \S+before\.tsv\n((?:  .*\n)+)/;
    like($changes, qr/^  2 wanted, milder verdict now \(better\):$/m, 'wanted mail');
    like($changes, qr/^    tag to accept, 4\.00 to 2\.50  ham\/letters\/018\.eml\n        TEST_LOUD 4\.00 to 2\.50\n/m,
        'with the rules that differ');
    like($changes, qr/^  4 unwanted, milder verdict now \(worse\):$/m, 'unwanted mail that is lost');
    like($changes, qr/^  1 unwanted, graver verdict now \(better\):\n.*letters\/001\.eml\n        \+TEST_NEW 5\.00\n/m,
        'unwanted mail that is found');
    unlike($changes, qr/offers\/001/, 'a message whose verdict stayed is not listed, though a rule left it');
    like($changes, qr/^  Not in both runs: 0 new, 1 gone\.$/m, 'messages that are gone are counted');
    like($out, qr/^\s+false rate\s+score from\s+caught\s+before: from\s+caught$/m, 'the figures of both runs');
    like(slurp('out/curve.svg'), qr/class="before"/, 'the curves of both');
    is(slurp('out/changes.txt'), $changes, 'all changes in a file');
};

subtest 'trouble is told in a line' => sub {
    my ($status, $out, $err) = program('quality', 'out', @settings);
    is($status, 1, 'no labelled tree');
    like($err, qr/^quality: \S+out: there is neither ham\/ nor spam\/ in it;.*\n\z/, 'is told');
    mkdir "$here->{dir}/$_" for qw(empty empty/ham);
    like((program('quality', 'empty', @settings))[2], qr/^quality: \S+empty: there are no messages below ham\/ and spam\/$/m,
        'nor is one without messages judged');
    ($status, $out, $err) = program('quality', 'tree', @settings, '--against', "$here->{dir}/outvet.conf");
    like($err, qr/^quality: \S+outvet\.conf: line 1: this is no list of judged messages.*\n\z/, 'as is a file of something else');
    $here->put('wanted/ham/a/1.eml', letter('Monday'));
    ($status, $out, $err) = program('quality', 'wanted', @settings);
    like($out, qr/holding would have stopped 0 of 1 wanted messages/, 'wanted mail alone will do for a report');
    ($status, $out, $err) = program('fit-weights', 'wanted', @settings);
    is($status, 1, 'but not for fitting');
    like($err, qr/^fit-weights: \S+wanted: fitting needs wanted and unwanted mail.*\n\z/, 'and that is told');
};

# Loud is what people are above all; offers are of sellers.
for my $set (qw(a b c)) {
    put('fit', "ham/$set", (map { letter('loud') } 1 .. 20), (map { letter('known offer') } 1 .. 2),
        (map { letter('known') } 1 .. 10), (map { letter('Thursday') } 1 .. 40));
    put('fit', "spam/$set", (map { letter('an offer') } 1 .. 30), (map { letter('a grave offer') } 1 .. 10),
        letter('loud'), letter('asks'));
}

# Multipliers by rule, as printed.
sub multipliers {
    my ($out) = @_;
    return $out =~ /^\s+(TEST_\w+)\s+([\d.]+)\s+[\d.]+ to [\d.]+\s+[\d.]+ to/mg;
}

subtest 'weights are fitted within their bounds' => sub {
    my ($status, $out, $err) = program('fit-weights', 'fit', @settings);
    is($status, 0, 'ends well') or diag $err;
    my ($before, $after) = $out =~ /^Loss ([\d.]+) before, ([\d.]+) after\.$/m;
    cmp_ok($after, '<', 0.9 * $before, 'the loss falls');
    my %times = multipliers($out);
    is_deeply([sort keys %times], [qw(TEST_ASKS TEST_GRAVE TEST_KNOWN TEST_LOUD TEST_OFFER)], 'of the rules that hit');
    for my $rule (sort keys %times) {
        cmp_ok($times{$rule}, '>=', 0.25, "$rule keeps its sign");
        cmp_ok($times{$rule}, '<=', 2, "$rule is at most doubled");
    }
    cmp_ok($times{TEST_LOUD}, '<', 0.7, 'what people write weighs less');
    cmp_ok($times{TEST_OFFER}, '>', 1.2, 'what sellers write weighs more');
    is($times{TEST_ASKS}, '1.00', 'a rule that decides by itself keeps its score');

    like($out, qr/^\s+weights in force\s+0\.00 %\s+27\.78 %\s+26\.19 %\s+28\.57 %/m, 'figures in force');
    like($out, qr/^\s+fitted, same messages\s+0\.00 %\s+0\.00 %\s/m, 'figures of the fit');
    like($out, qr/^\s+without the sender \(5 folds\)\s+0\.00 %\s+0\.00 %\s/m, 'figures of senders left out');
    like($out, qr/^\s+without the set \(3 folds\)\s+0\.00 %\s+0\.00 %\s/m, 'figures of sets left out');
    like($out, qr/^\s+a\s+72\s+0\.00 %\s+27\.78 %\s+0\.00 %\s+0\.00 %$/m, 'a set as judged without it');

    (undef, $out) = program('fit-weights', 'fit', @settings, '--bounds', '0.9', '1.1');
    %times = multipliers($out);
    is_deeply([@times{qw(TEST_LOUD TEST_OFFER)}], [qw(0.90 1.10)], 'narrower bounds are kept');
    is((program('fit-weights', 'fit', @settings, '--bounds', '0', '2'))[0], 2, 'a bound that would switch rules off is refused');
};

subtest 'what the fit promises is what its file does' => sub {
    my ($status, $promised, $err) = program('fit-weights', 'fit', @settings);
    my ($held, $stopped) = $promised =~ /^\s+fitted, same messages\s+\S+ %\s+\S+ %\s+(\S+) %\s+(\S+) %/m;
    my $fitted = slurp('out/rules.d/90-fitted.conf');
    like($fitted, qr/^\[TEST_LOUD\]\nscore = [12][.\d]*$/m, 'a number is multiplied');
    unlike($fitted, qr/TEST_IDLE|TEST_ASKS/, 'rules that keep their weight are not named');
    my @fitted_settings = settings_with('out/rules.d');
    ($status, my $out, $err) = program('quality', 'fit', @fitted_settings);
    is($status, 0, 'the file is right') or diag $err;
    my ($tagged, $now_held) = $out =~ /^\s+all unwanted\s+126\s+\S+ %\s+(\S+) %\s+(\S+) %/m;
    is($now_held, $held, 'as much unwanted mail is held as was promised');
    cmp_ok(abs($tagged + $now_held - $stopped), '<', 0.02, 'and tagged');
    my (undef, $rule) = $here->run('rules', 'show', @fitted_settings, 'TEST_GRAVE', {bare => 1});
    like($rule, qr/^score\s+= (?:[\d.]+ \* \()?if\(.*, 7, 6\)\)?$/m, 'an expression is multiplied as a whole');
};

subtest 'the shipped rules, without a settings file' => sub {
    my ($status, $out, $err) = program('quality', 'tree');
    is($status, 0, 'ends well') or diag $err;
    like($out, qr/^22 wanted and 12 unwanted messages/m, 'and judges');
    $here->put('own/own.conf', "[group own]\ncap = 9\n\n[OWN_THURSDAY]\nwhen = subject.text = 'Thursday'\nscore = 9\ngroup = own\n");
    (undef, $out) = program('quality', 'tree', '--rules', "$here->{dir}/own");
    like($out, qr/^\s+OWN_THURSDAY\s+15\s/m, 'with rules of one\'s own');
};

done_testing;
