# Prometheus's text format (0.0.4), read strictly, and what its conventions ask of names.
#
#     my $read = Exposition::parse($text);    dies of the first line that is not as it must be
#     $read->{value}{'outvet_messages_total{verdict="accept"}'}    samples by name and labels as written
#     $read->{type}{outvet_messages_total}, $read->{help}{...}
package Exposition;

use v5.32;
use warnings;

my $name = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $label = qr/[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"/;
my $number = qr/[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|Inf|NaN)/;

sub parse {
    my ($text) = @_;
    my %read = (type => {}, help => {}, value => {});
    die "no line feed at the end\n" if $text !~ /\n\z/;
    my $family = '';
    for my $line (split /\n/, $text, -1) {
        last if $line eq '' && $text =~ s/\n\z//;
        if ($line =~ /^# HELP ($name) ((?:[^\\]|\\\\|\\n)+)\z/) {
            die "told twice: $line\n" if $read{help}{$1};
            $read{help}{$1} = $2;
            $family = $1;
        }
        elsif ($line =~ /^# TYPE ($name) (counter|gauge|histogram)\z/) {
            die "not after its help: $line\n" if $1 ne $family || $read{type}{$1};
            $read{type}{$1} = $2;
            die "a counter ends with _total, and nothing else does: $line\n" if ($2 eq 'counter') != ($1 =~ /_total\z/);
        }
        elsif ($line =~ /^(($name)(?:\{$label(?:,$label)*\})?) ($number)\z/) {
            my ($sample, $its, $value) = ($1, $2, $3);
            $its =~ s/_(?:bucket|sum|count)\z// if ($read{type}{$family} // '') eq 'histogram';
            die "not among those of its name: $line\n" if $its ne $family || !$read{type}{$its};
            die "told twice: $line\n" if exists $read{value}{$sample};
            $read{value}{$sample} = $value;
        }
        else {
            die "not a line of Prometheus's text format: $line\n";
        }
    }
    check_histogram(\%read, $_) for grep { $read{type}{$_} eq 'histogram' } keys %{ $read{type} };
    return \%read;
}

sub check_histogram {
    my ($read, $family) = @_;
    my %within = map { /^\Q$family\E_bucket\{le="([^"]+)"\}\z/ ? ($1 => $read->{value}{$_}) : () } keys %{ $read->{value} };
    my $before = 0;
    for my $bound (sort { $a <=> $b } keys %within) {
        die "$family: fewer within $bound than within less\n" if $within{$bound} < $before;
        $before = $within{$bound};
    }
    die "$family: no sum\n" unless exists $read->{value}{"${family}_sum"};
    die "$family: the largest bound is not all\n" if ($within{'+Inf'} // -1) != $read->{value}{"${family}_count"};
    return;
}

1;
