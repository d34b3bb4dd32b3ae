// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reading/readingaccess.h"

#include "views/reading/readingview.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// A name is read aloud; nobody listens to more.
constexpr qsizetype longestName = 8'000;

class EntryInterface final : public QAccessibleInterface
{
public:
    EntryInterface(ReadingView *view, int entry) : m_view(view), m_entry(entry) {}

    bool isValid() const override { return m_view != nullptr && m_entry < m_view->count(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view.data()); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return isEntry() ? QAccessible::ListItem : QAccessible::Heading; }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect inside = m_view->rectOf(m_entry);
        return QRect(m_view->viewport()->mapToGlobal(inside.topLeft()), inside.size());
    }
    QString text(QAccessible::Text which) const override
    {
        if (!isValid())
            return {};
        const ReadingHead &head = m_view->head(m_entry);
        if (which == QAccessible::Description)
            return QStringList({head.chip, head.note, head.meta}).filter(QRegularExpression(u"."_s)).join(u" · "_s);
        if (which != QAccessible::Name)
            return {};
        if (!isEntry())
            return head.title;
        const QString words = m_view->textOf(m_entry).left(longestName);
        const QString speaker = head.chip.isEmpty() ? head.title : u"%1, %2"_s.arg(head.title, head.chip);
        return speaker.isEmpty() ? words : speaker + u": "_s + words;
    }
    void setText(QAccessible::Text, const QString &) override {}
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.invisible = !isValid();
        state.focusable = isValid();
        state.selectable = isValid();
        state.selected = isValid() && m_view->current() == m_entry;
        state.focused = isValid() && state.selected && m_view->hasFocus();
        state.readOnly = true;
        return state;
    }

private:
    bool isEntry() const { return isValid() && m_view->head(m_entry).kind == ReadingHead::Kind::Entry; }

    QPointer<ReadingView> m_view;
    int m_entry;
};

class ViewInterface final : public QAccessibleWidget
{
public:
    explicit ViewInterface(ReadingView *view) : QAccessibleWidget(view, QAccessible::List), m_view(view) {}
    ~ViewInterface() override
    {
        for (const auto &[entry, id] : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return static_cast<int>(m_view->visibleEntries().size()); }
    QAccessibleInterface *child(int index) const override
    {
        const std::vector<int> visible = m_view->visibleEntries();
        return index < 0 || index >= static_cast<int>(visible.size()) ? nullptr : entry(visible[static_cast<std::size_t>(index)]);
    }
    QAccessibleInterface *childAt(int x, int y) const override
    {
        for (const int each : m_view->visibleEntries()) {
            if (QAccessibleInterface *found = entry(each); found->rect().contains(x, y))
                return found;
        }
        return nullptr;
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        const std::vector<int> visible = m_view->visibleEntries();
        for (std::size_t i = 0; i < visible.size(); ++i) {
            if (entry(visible[i]) == child)
                return static_cast<int>(i);
        }
        return -1;
    }
    QAccessibleInterface *focusChild() const override { return m_view->current() < 0 || !m_view->hasFocus() ? nullptr : entry(m_view->current()); }

private:
    QAccessibleInterface *entry(int index) const
    {
        auto &children = const_cast<ViewInterface *>(this)->m_children;
        const auto found = children.find(index);
        if (found != children.end())
            return QAccessible::accessibleInterface(found->second);
        auto *made = new EntryInterface(m_view, index); // Qt's registry owns it until deleteAccessibleInterface()
        children.emplace(index, QAccessible::registerAccessibleInterface(made));
        return made;
    }

    ReadingView *m_view;
    std::map<int, QAccessible::Id> m_children;
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<ReadingView *>(object);
    return view == nullptr ? nullptr : new ViewInterface(view);
}

} // namespace

void installReadingAccess()
{
    static const bool isInstalled = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)isInstalled;
}

void announceCurrent(ReadingView *view)
{
    if (!QAccessible::isActive() || !view->hasFocus())
        return;
    const std::vector<int> visible = view->visibleEntries();
    const auto at = std::ranges::find(visible, view->current());
    if (at == visible.end())
        return;
    QAccessibleEvent event(view, QAccessible::Focus);
    event.setChild(static_cast<int>(at - visible.begin()));
    QAccessible::updateAccessibility(&event);
}

} // namespace turnstone
