using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Every diagnostic there is. A code is never reused for something else.</summary>
public static class DiagnosticCatalog
{
    internal static readonly DiagnosticDescriptor MalformedYaml = Error("GH1001", "The file is not well-formed YAML");
    internal static readonly DiagnosticDescriptor FileTooLarge = Error("GH1002", "The file is larger than 8 MiB");
    internal static readonly DiagnosticDescriptor NotUtf8 = Error("GH1003", "The file is not UTF-8");
    internal static readonly DiagnosticDescriptor ControlCharacter = Error("GH1004", "The file contains a control character");
    internal static readonly DiagnosticDescriptor EmptyFile = Error("GH1005", "The file contains no policy");
    internal static readonly DiagnosticDescriptor YamlTooDeep = Error("GH1006", "Maps and lists are nested too deeply");
    internal static readonly DiagnosticDescriptor YamlFeature = Error("GH1007", "A YAML feature that policies do not use");
    internal static readonly DiagnosticDescriptor SeveralDocuments = Error("GH1008", "The file contains several documents");
    internal static readonly DiagnosticDescriptor TooManyDiagnostics = Warning("GH1009", "There are more findings than are reported");
    internal static readonly DiagnosticDescriptor UnknownKey = Error("GH1010", "Unknown key");
    internal static readonly DiagnosticDescriptor MissingKey = Error("GH1011", "A required key is missing");
    internal static readonly DiagnosticDescriptor DuplicateKey = Error("GH1012", "A key occurs twice");
    internal static readonly DiagnosticDescriptor WrongType = Error("GH1013", "A value of another type is expected");
    internal static readonly DiagnosticDescriptor UnknownApiVersion = Error("GH1014", "Unknown apiVersion");
    internal static readonly DiagnosticDescriptor InvalidName = Error("GH1015", "Not a valid name");
    internal static readonly DiagnosticDescriptor UnknownWord = Error("GH1016", "Not one of the possible words");
    internal static readonly DiagnosticDescriptor NumberOutOfRange = Error("GH1017", "Not a whole number in the range");
    internal static readonly DiagnosticDescriptor InvalidTag = Error("GH1018", "Not an ATT&CK technique id");
    internal static readonly DiagnosticDescriptor DuplicateRule = Error("GH1019", "Two rules have the same name");
    internal static readonly DiagnosticDescriptor UnknownOperation = Error("GH1020", "Unknown operation");
    internal static readonly DiagnosticDescriptor TooManyRules = Error("GH1021", "The policy has too many rules");
    internal static readonly DiagnosticDescriptor EmptyList = Error("GH1022", "The list needs at least one element");
    internal static readonly DiagnosticDescriptor TooManyPolicies = Error("GH1023", "Too many policies");
    internal static readonly DiagnosticDescriptor DuplicatePolicy = Error("GH1024", "Two policies have the same name");
    internal static readonly DiagnosticDescriptor InvalidSetName = Error("GH1025", "Not a valid name for a set");
    internal static readonly DiagnosticDescriptor InvalidText = Error("GH1026", "The text contains half of a surrogate pair or a NUL");
    internal static readonly DiagnosticDescriptor EmptyProtection = Error("GH1027", "A protection protects nothing");
    internal static readonly DiagnosticDescriptor UselessProtectionKey = Error("GH1028", "A key of a protection has nothing to work on");
    internal static readonly DiagnosticDescriptor AuditedFiles = Error("GH1029", "Files are protected in a policy that only reports");

    internal static readonly DiagnosticDescriptor UnexpectedCharacter = Error("GH2001", "Unexpected character in a condition");
    internal static readonly DiagnosticDescriptor UnterminatedString = Error("GH2002", "A string has no end");
    internal static readonly DiagnosticDescriptor InvalidEscape = Error("GH2003", "Unknown escape sequence in a string");
    internal static readonly DiagnosticDescriptor UnexpectedToken = Error("GH2004", "Something else is expected here");
    internal static readonly DiagnosticDescriptor ConditionTooDeep = Error("GH2005", "The condition is nested too deeply");
    internal static readonly DiagnosticDescriptor UnknownField = Error("GH2006", "Unknown field");
    internal static readonly DiagnosticDescriptor UnknownSet = Error("GH2007", "Unknown set");
    internal static readonly DiagnosticDescriptor UnsupportedOperator = Error("GH2008", "The operator is not part of the language");
    internal static readonly DiagnosticDescriptor InvalidOperand = Error("GH2009", "The comparison cannot be made with this operand");
    internal static readonly DiagnosticDescriptor PathNotAbsolute = Error("GH2010", "The path is not absolute");
    internal static readonly DiagnosticDescriptor PathNotNormalised = Error("GH2011", "The path is not normalised");
    internal static readonly DiagnosticDescriptor PathTooLong = Error("GH2012", "The path is too long");
    internal static readonly DiagnosticDescriptor InvalidHash = Error("GH2013", "Not a SHA-256");
    internal static readonly DiagnosticDescriptor UnknownValue = Error("GH2014", "Not a word of the field");
    internal static readonly DiagnosticDescriptor InvalidPattern = Error("GH2015", "Not a pattern");
    internal static readonly DiagnosticDescriptor InvalidNumber = Error("GH2016", "Not a number that the field can have");
    internal static readonly DiagnosticDescriptor InvalidElement = Error("GH2017", "Not a text that the list can contain");
    internal static readonly DiagnosticDescriptor AncestorScope = Error("GH2018", "Not possible inside ancestor");
    internal static readonly DiagnosticDescriptor ExistsScope = Error("GH2019", "Not possible inside exists");
    internal static readonly DiagnosticDescriptor ConditionTooLong = Error("GH2020", "The condition is too long");

    internal static readonly DiagnosticDescriptor AllowByPath = Error("GH3001", "An allow rule tests the path");
    internal static readonly DiagnosticDescriptor NegatedPath = Error("GH3002", "A path is tested negatively");
    internal static readonly DiagnosticDescriptor DenyEverything = Error("GH3003", "A deny or kill rule would stop the host");
    internal static readonly DiagnosticDescriptor ConditionTooComplex = Error("GH3004", "The condition is too complex");
    internal static readonly DiagnosticDescriptor TooManyRows = Error("GH3005", "The policies have too many rows");
    internal static readonly DiagnosticDescriptor TooManyValues = Error("GH3006", "The policies have too many values");
    internal static readonly DiagnosticDescriptor FieldNotAvailable = Error("GH3011", "A field that the operation does not have");
    internal static readonly DiagnosticDescriptor ActionNotPossible = Error("GH3012", "An action that the operation does not have");
    internal static readonly DiagnosticDescriptor ArgumentsTooLate = Error("GH3013", "Arguments are tested in a rule that allows, denies or asks");
    internal static readonly DiagnosticDescriptor NegatedAncestorHash = Error("GH3014", "The hash of an ancestor is tested negatively");
    internal static readonly DiagnosticDescriptor AskWithoutClient = Error("GH3015", "An ask rule in a policy of no client");
    internal static readonly DiagnosticDescriptor ExecOnly = Warning("GH3101", "A deny rule on process.exec only");
    internal static readonly DiagnosticDescriptor NarrowedByKind = Warning("GH3102", "A deny rule is narrowed by image.kind");
    internal static readonly DiagnosticDescriptor NeverMatches = Warning("GH3103", "A rule can never match");
    internal static readonly DiagnosticDescriptor Shadowed = Warning("GH3104", "A rule is shadowed by an earlier one");
    internal static readonly DiagnosticDescriptor UnusedSet = Warning("GH3105", "A set is not used");
    internal static readonly DiagnosticDescriptor WildcardInPath = Warning("GH3106", "A path contains a wildcard character");
    internal static readonly DiagnosticDescriptor OnMissWithoutEffect = Warning("GH3107", "onMiss has no effect");
    internal static readonly DiagnosticDescriptor RefusesAll = Warning("GH3108", "A deny rule refuses an operation altogether");
    internal static readonly DiagnosticDescriptor OnFullWithoutEffect = Warning("GH3109", "onFull has no effect");
    internal static readonly DiagnosticDescriptor RegularExpression = Warning("GH3110", "A pattern looks like a regular expression");

    internal static readonly DiagnosticDescriptor TooManyRulesInAll = Error("GH4601", "The policies have too many rules");
    internal static readonly DiagnosticDescriptor TooManyTests = Error("GH4602", "Too many different ancestor, argument or environment tests");
    internal static readonly DiagnosticDescriptor AutomatonTooLarge = Error("GH4603", "The patterns need too many states");
    internal static readonly DiagnosticDescriptor VectorsTooLarge = Error("GH4604", "The tables need too much memory");
    internal static readonly DiagnosticDescriptor PlanTooLong = Error("GH4605", "An operation depends on too many facts");
    internal static readonly DiagnosticDescriptor DuplicateCase = Error("GH5001", "Two cases have the same name");
    internal static readonly DiagnosticDescriptor ForeignFact = Error("GH5002", "The operation has no such fact");
    internal static readonly DiagnosticDescriptor UnknownRule = Error("GH5003", "A case names a rule that the policy does not have");
    internal static readonly DiagnosticDescriptor ImpossibleVerdict = Error("GH5004", "The operation cannot end as expected");
    internal static readonly DiagnosticDescriptor NoCases = Error("GH5005", "The file contains no cases");

    /// <summary>All of them, sorted by code.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        MalformedYaml, FileTooLarge, NotUtf8, ControlCharacter, EmptyFile, YamlTooDeep, YamlFeature, SeveralDocuments,
        TooManyDiagnostics, UnknownKey, MissingKey, DuplicateKey, WrongType, UnknownApiVersion, InvalidName, UnknownWord,
        NumberOutOfRange, InvalidTag, DuplicateRule, UnknownOperation, TooManyRules, EmptyList, TooManyPolicies,
        DuplicatePolicy, InvalidSetName, InvalidText, EmptyProtection, UselessProtectionKey, AuditedFiles,
        UnexpectedCharacter, UnterminatedString, InvalidEscape, UnexpectedToken, ConditionTooDeep, UnknownField,
        UnknownSet, UnsupportedOperator, InvalidOperand, PathNotAbsolute, PathNotNormalised, PathTooLong, InvalidHash,
        UnknownValue, InvalidPattern, InvalidNumber, InvalidElement, AncestorScope, ExistsScope, ConditionTooLong,
        AllowByPath, NegatedPath, DenyEverything, ConditionTooComplex, TooManyRows, TooManyValues,
        FieldNotAvailable, ActionNotPossible, ArgumentsTooLate, NegatedAncestorHash, AskWithoutClient,
        ExecOnly, NarrowedByKind, NeverMatches, Shadowed, UnusedSet, WildcardInPath, OnMissWithoutEffect,
        RefusesAll, OnFullWithoutEffect, RegularExpression,
        TooManyRulesInAll, TooManyTests, AutomatonTooLarge, VectorsTooLarge, PlanTooLong,
        DuplicateCase, ForeignFact, UnknownRule, ImpossibleVerdict, NoCases,
    ];

    private static DiagnosticDescriptor Error(string code, string title) => new(code, DiagnosticSeverity.Error, title);

    private static DiagnosticDescriptor Warning(string code, string title) => new(code, DiagnosticSeverity.Warning, title);
}
