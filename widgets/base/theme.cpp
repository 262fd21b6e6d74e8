// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/theme.h>

#include <widgets/base/flatstyle.h>

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QWidget>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

Theme makeDark()
{
    Theme t;
    t.dark = true;
    t.window = QColor(0x0f1317);
    t.surface = QColor(0x161b20);
    t.raised = QColor(0x1e252c);
    t.border = QColor(0x2c353e);
    t.grid = QColor(0x232b33);
    t.text = QColor(0xdde3e9);
    t.textDim = QColor(0x97a3af);
    t.accent = QColor(0x5aa2ee);
    t.onAccent = QColor(0x0b1117);
    t.hover = QColor(0x1c232a);
    t.selection = QColor(0x24405d);
    t.good = QColor(0x43bd83);
    t.notice = QColor(0x62b0ee);
    t.warning = QColor(0xe9ad2f);
    t.critical = QColor(0xff6f66);
    t.unknown = QColor(0xc39bea);
    t.neutral = QColor(0x94a0ac);
    for (const uint rgb : {0x4fb0f8u, 0xf58f2au, 0x3cc188u, 0xd75fb4u, 0xe6e04eu, 0x7f66f5u, 0xc44a28u,
             0xb0d4dcu, 0x9ccf4fu, 0xb98a66u})
        t.series.emplace_back(rgb);
    return t;
}

Theme makeLight()
{
    Theme t;
    t.window = QColor(0xf2f4f6);
    t.surface = QColor(0xffffff);
    t.raised = QColor(0xf8f9fb);
    t.border = QColor(0xcfd6dd);
    t.grid = QColor(0xe6eaee);
    t.text = QColor(0x1a2128);
    t.textDim = QColor(0x545f6a);
    t.accent = QColor(0x1a64b8);
    t.onAccent = QColor(0xffffff);
    t.hover = QColor(0xeef3f8);
    t.selection = QColor(0xcfe2f7);
    t.good = QColor(0x13733f);
    t.notice = QColor(0x1565a5);
    t.warning = QColor(0x8c5600);
    t.critical = QColor(0xbe1e2c);
    t.unknown = QColor(0x7738a1);
    t.neutral = QColor(0x57626d);
    for (const uint rgb : {0x0a78c8u, 0xc97700u, 0x1f966au, 0xd238a4u, 0x55620cu, 0x6544e0u, 0xc6183cu,
             0x445874u, 0x4c8a12u, 0x86572fu})
        t.series.emplace_back(rgb);
    return t;
}

double luminance(const QColor &color)
{
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

bool hasTabularDigits(const QFont &font)
{
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(u'0');
    for (char16_t digit = u'1'; digit <= u'9'; ++digit) {
        if (std::abs(metrics.horizontalAdvance(QChar(digit)) - width) > 0.01)
            return false;
    }
    return true;
}

} // namespace

const Theme &lightTheme()
{
    static const Theme theme = makeLight();
    return theme;
}

const Theme &darkTheme()
{
    static const Theme theme = makeDark();
    return theme;
}

const Theme &themeOf(const QPalette &palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128 ? darkTheme() : lightTheme();
}

const Theme &themeOf(const QWidget *widget) { return themeOf(widget->palette()); }

QPalette paletteFor(const Theme &t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, mixed(t.raised, t.surface, 0.5));
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.textDim);
    p.setColor(QPalette::Button, t.raised);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.critical);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Highlight, t.selection);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::Light, mixed(t.text, t.raised, 0.10));
    p.setColor(QPalette::Midlight, t.raised);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, mixed(t.text, t.border, 0.25));
    p.setColor(QPalette::Shadow, t.dark ? QColor(Qt::black) : t.border);
    const QColor faint = mixed(t.textDim, t.window, 0.6);
    for (const auto role :
        {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, faint);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.raised);
    return p;
}

void applyTheme(QApplication &app, ThemeChoice choice)
{
    if (choice == ThemeChoice::System) {
        QApplication::setPalette(QPalette()); // forget ours, so that the desktop's shows
        choice =
            app.palette().color(QPalette::Window).lightness() < 128 ? ThemeChoice::Dark : ThemeChoice::Light;
    }
    if (!qobject_cast<FlatStyle *>(QApplication::style()))
        QApplication::setStyle(new FlatStyle);
    QApplication::setPalette(paletteFor(choice == ThemeChoice::Dark ? darkTheme() : lightTheme()));
    QApplication::setFont(uiFont(QApplication::font()));
}

QColor roleColor(const Theme &theme, QStringView role)
{
    if (role.startsWith(u'#')) {
        const QColor color(role.toString());
        return color.isValid() ? color.rgb() : theme.neutral;
    }
    if (role.startsWith(u"series-")) {
        bool ok = false;
        const int number = role.mid(7).toInt(&ok);
        return ok && number > 0 ? seriesColor(theme, number - 1) : theme.neutral;
    }
    const std::pair<QStringView, QColor> roles[] = {{u"good", theme.good}, {u"notice", theme.notice},
        {u"warning", theme.warning}, {u"critical", theme.critical}, {u"unknown", theme.unknown},
        {u"accent", theme.accent}, {u"text", theme.text}, {u"dim", theme.textDim}};
    for (const auto &[name, color] : roles) {
        if (role == name)
            return color;
    }
    return theme.neutral;
}

QColor seriesColor(const Theme &theme, int index)
{
    const int count = int(theme.series.size());
    const int round = index / count;
    const QColor color = theme.series[size_t(index % count)];
    // Second and later rounds lean to the text colour: told apart from the first, still readable.
    return round == 0 ? color : mixed(theme.text, color, std::min(0.35 * round, 0.7));
}

QColor mixed(const QColor &top, const QColor &under, double share)
{
    const double s = std::clamp(share, 0.0, 1.0);
    const auto blend = [s](int a, int b) { return int(std::lround(a * s + b * (1 - s))); };
    return {
        blend(top.red(), under.red()), blend(top.green(), under.green()), blend(top.blue(), under.blue())};
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor readableOn(const QColor &background)
{
    const QColor black(0x0b1117), white(0xffffff);
    return contrastRatio(black, background) >= contrastRatio(white, background) ? black : white;
}

QFont uiFont(const QFont &desktop)
{
    QFont font = desktop;
    if (QFontDatabase::hasFamily(u"Inter"_s))
        font.setFamilies({u"Inter"_s, u"Noto Sans"_s, desktop.family()});
    if (font.pointSizeF() > 0)
        font.setPointSizeF(std::clamp(font.pointSizeF(), 9.0, 13.0));
    return font;
}

namespace {

QFont findNumberFont(const QFont &base)
{
    if (hasTabularDigits(base))
        return base;
    for (const QString &family : {u"Noto Sans"_s, u"DejaVu Sans"_s, u"Liberation Sans"_s, u"Cantarell"_s}) {
        if (!QFontDatabase::hasFamily(family))
            continue;
        QFont font = base;
        font.setFamilies({family});
        if (hasTabularDigits(font))
            return font;
    }
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(base.pointSizeF() > 0 ? base.pointSizeF() : fixed.pointSizeF());
    return fixed;
}

} // namespace

/// Remembers the last one: a table asks for every cell, and finding out means measuring all digits.
QFont numberFont(const QFont &base)
{
    struct Found
    {
        QFont base, numbers;
        bool isThere = false;
    };
    static thread_local Found last;
    if (!last.isThere || last.base != base)
        last = {base, findNumberFont(base), true};
    return last.numbers;
}

Mark severityGlyph(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
        return {Shape::Diamond, u"◆"_s, u"critical"_s, u"critical"_s};
    case Severity::Error:
        return {Shape::Square, u"■"_s, u"error"_s, u"critical"_s};
    case Severity::Warning:
        return {Shape::TriangleUp, u"▲"_s, u"warning"_s, u"warning"_s};
    case Severity::Info:
        return {Shape::Dot, u"●"_s, u"info"_s, u"notice"_s};
    case Severity::None:
        break;
    }
    return {Shape::Ring, u"○"_s, u"none"_s, u"neutral"_s};
}

Mark alertStateGlyph(AlertState state)
{
    switch (state) {
    case AlertState::Firing:
        return {Shape::Dot, u"●"_s, u"firing"_s, u"critical"_s};
    case AlertState::Pending:
        return {Shape::HalfDot, u"◐"_s, u"pending"_s, u"warning"_s};
    case AlertState::Silenced:
        return {Shape::Slash, u"⊘"_s, u"silenced"_s, u"neutral"_s};
    case AlertState::Inhibited:
        return {Shape::TriangleDown, u"▼"_s, u"inhibited"_s, u"neutral"_s};
    case AlertState::Muted:
        return {Shape::Bars, u"⏸"_s, u"muted"_s, u"neutral"_s};
    case AlertState::Resolved:
        return {Shape::Ring, u"○"_s, u"resolved"_s, u"good"_s};
    case AlertState::Unknown:
        break;
    }
    return {Shape::DashedRing, u"◌"_s, u"unknown"_s, u"unknown"_s};
}

Mark roleGlyph(QStringView role)
{
    if (role == u"good")
        return {Shape::Dot, u"●"_s, u"good"_s, u"good"_s};
    if (role == u"notice")
        return {Shape::Square, u"■"_s, u"notice"_s, u"notice"_s};
    if (role == u"warning")
        return {Shape::TriangleUp, u"▲"_s, u"warning"_s, u"warning"_s};
    if (role == u"critical")
        return {Shape::Diamond, u"◆"_s, u"critical"_s, u"critical"_s};
    if (role == u"unknown")
        return {Shape::DashedRing, u"◌"_s, u"unknown"_s, u"unknown"_s};
    return {Shape::Ring, u"○"_s, role == u"neutral" ? u"neutral"_s : QString(), role.toString()};
}

} // namespace bw
