#!/usr/bin/perl
# The answers in tests/data/html/*.expected are Chromium's: asks it again where it is installed.
# test_visible_text compares rules/html.h with them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use VisibleText;

plan skip_all => 'Chromium is not installed' unless Chromium::path();

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);
my @cases;
for my $subject (VisibleText::subjects()) {
    my @pages = VisibleText::sections("$VisibleText::directory/$subject.cases");
    my @expected = VisibleText::sections("$VisibleText::directory/$subject.expected");
    is(@pages, @expected, "$subject: each page has an answer");
    push @cases, map { ["$subject: $pages[$_][0]", $pages[$_][1], $expected[$_][1]] } 0 .. $#pages;
}
my @texts = VisibleText::ask_chromium(map { $_->[1] } @cases);
is($texts[$_], VisibleText::fold($cases[$_][2]), $cases[$_][0]) for 0 .. $#cases;

done_testing;
