// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/assembly/assemblypanel.h"

#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

AssemblyPanel::AssemblyPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_view(new ReadingView(services.workers, this)), m_message(new MessageBar(this)),
      m_title(new ElidedLabel(this)), m_summary(new ElidedLabel(this)), m_groups(new QComboBox(this))
{
    setObjectName(u"assemblyPanel"_s);
    m_title->setObjectName(u"assemblyTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"assemblySummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_groups->setObjectName(u"valuesFrom"_s);
    m_groups->setAccessibleName(tr("Where the values of placeholders come from"));
    m_groups->hide();
    m_view->setObjectName(u"assembly"_s);
    m_view->setAccessibleName(tr("The assembled prompt"));
    m_view->setEmptyText(tr("Reading…"));
    auto *copyAll = new QToolButton(this);
    copyAll->setObjectName(u"copyPrompt"_s);
    copyAll->setText(tr("Copy the prompt"));
    copyAll->setAccessibleName(tr("Copy the assembled prompt"));
    copyAll->setAutoRaise(true);
    auto *head = new QHBoxLayout;
    head->setSpacing(metrics::space2);
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space2, 0);
    head->addWidget(m_title, 1);
    head->addWidget(m_groups);
    head->addWidget(copyAll);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);
    connect(copyAll, &QToolButton::clicked, this, [this] {
        if (m_assembly)
            QApplication::clipboard()->setText(m_assembly->whole());
    });
    connect(m_groups, &QComboBox::activated, this, [this](int at) {
        m_group = m_groups->itemData(at).toString();
        reload();
    });
    connect(m_message, &MessageBar::actionTriggered, this, &AssemblyPanel::reload);
    connect(m_view, &ReadingView::bodiesWanted, this, &AssemblyPanel::showBodies);
    connect(m_view, &ReadingView::settled, this, [this] {
        if (m_assembly)
            emit settled();
    });
    connect(m_view, &ReadingView::linkActivated, this, [this](int line, const QString &id) {
        if (id.startsWith(u"url:"))
            askToOpenLink(id.mid(4), this);
        else if (m_lines[static_cast<std::size_t>(line)].what == Line::What::Use) {
            const Assembly::Use &use = m_assembly->usedIn[m_lines[static_cast<std::size_t>(line)].number];
            emit placeRequested(this->context().id, {this->context().profile->schema, use.table, {}}, use.key);
        }
    });
    reload();
}

AssemblyPanel::~AssemblyPanel()
{
    m_stop.request_stop();
}

QString AssemblyPanel::title() const
{
    return m_assembly && !m_assembly->title.isEmpty() ? m_assembly->title : tr("Prompt");
}

void AssemblyPanel::reload()
{
    const Lens *lens = assemblyLensFor(*context().profile, m_table);
    if (lens == nullptr || m_key.empty()) {
        m_view->setEmptyText(tr("Here stands a prompt as it is put together. Choose what is assembled in the tree."));
        emit settled();
        return;
    }
    m_stop.request_stop();
    m_stop = {};
    struct Reading
    {
        Assembly assembly;
        QString path;
    };
    const auto job = [context = context(), lens = *lens, key = m_key, group = m_group](Connection &connection) -> Result<Reading> {
        Result<Assembly> assembly = readAssembly({connection, *context.catalog, *context.profile}, lens, key, group);
        if (!assembly)
            return failure(assembly);
        Reading reading{std::move(*assembly), {}};
        if (const Result<TreePath> path = Hierarchy(connection, context.catalog, context.profile).pathTo(lens.table, key))
            reading.path = path->toString();
        return reading;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<Reading> reading) {
        if (reading) {
            m_message->clear();
            m_path = reading->path.isEmpty() ? QString() : reading->path + u'#' + kind();
            accept(std::move(reading->assembly));
        } else if (reading.error().code != ErrorCode::Cancelled) {
            m_view->setEmptyText({});
            m_message->showError(reading.error(), tr("Try again"));
            emit settled();
        }
    });
}

void AssemblyPanel::accept(Assembly assembly)
{
    m_assembly = std::move(assembly);
    m_group = m_assembly->group;
    m_title->setText(title());
    m_groups->clear();
    for (const QString &group : m_assembly->groups)
        m_groups->addItem(tr("Values from run %1").arg(group), group);
    m_groups->setCurrentIndex(m_groups->findData(m_group));
    m_groups->setVisible(m_groups->count() > 0);
    qsizetype characters = m_assembly->whole().size();
    QStringList facts{tr("%n parts", nullptr, static_cast<int>(m_assembly->parts.size())), tr("%1 characters").arg(QLocale().toString(characters))};
    if (const int missing = m_assembly->missing(); missing > 0)
        facts.append(tr("%n placeholders have no value", nullptr, missing));
    m_summary->setText(facts.join(u" · "_s));
    std::vector<ReadingHead> heads;
    m_lines.clear();
    const auto add = [&](ReadingHead head, Line::What what, std::size_t number) {
        heads.push_back(std::move(head));
        m_lines.push_back({what, number});
    };
    const auto heading = [&](const QString &words) {
        ReadingHead head;
        head.kind = ReadingHead::Kind::Chapter;
        head.title = words;
        add(head, Line::What::Heading, 0);
    };
    for (std::size_t i = 0; i < m_assembly->parts.size(); ++i) {
        const Assembly::Part &part = m_assembly->parts[i];
        ReadingHead head;
        head.title = part.title.isEmpty() ? tr("Part %1").arg(i + 1) : part.title;
        head.colour = static_cast<int>(i);
        head.length = part.text.size();
        head.start = part.text.left(200);
        QStringList names;
        for (const Assembly::Mark &mark : part.marks) {
            if (mark.kind == Assembly::Mark::Kind::Missing && !names.contains(mark.name))
                names.append(mark.name);
        }
        head.note = names.isEmpty() ? QString() : tr("without a value: %1").arg(names.join(u", "_s));
        head.meta = tr("%1 characters").arg(QLocale().toString(part.text.size()));
        add(head, Line::What::Part, i);
    }
    if (!m_assembly->stages.empty())
        heading(tr("Stages"));
    for (std::size_t i = 0; i < m_assembly->stages.size(); ++i) {
        ReadingHead head;
        head.title = m_assembly->stages[i].title;
        head.length = 40;
        add(head, Line::What::Stage, i);
    }
    if (!m_assembly->usedIn.empty())
        heading(tr("Used in"));
    for (std::size_t i = 0; i < m_assembly->usedIn.size(); ++i) {
        ReadingHead head;
        head.title = m_assembly->usedIn[i].title;
        head.links.emplace_back(u"open"_s, tr("show"));
        add(head, Line::What::Use, i);
    }
    m_view->setEmptyText(tr("Nothing is assembled here yet."));
    const bool isEmpty = heads.empty();
    m_view->setHeads(std::move(heads), true);
    emit titleChanged();
    emit pathChanged();
    if (isEmpty)
        emit settled();
}

void AssemblyPanel::showBodies(const std::vector<int> &heads)
{
    using Kind = Assembly::Mark::Kind;
    const Tokens &tokens = Tokens::of(palette());
    for (const int head : heads) {
        const Line &line = m_lines[static_cast<std::size_t>(head)];
        ReadingPart part;
        if (line.what == Line::What::Part) {
            const Assembly::Part &of = m_assembly->parts[line.number];
            part.text = of.text;
            part.format = u"text"_s; // a prompt is read as the model reads it
            for (const Assembly::Mark &mark : of.marks) {
                QColor ground = mark.kind == Kind::Missing ? tokens.bad : mark.kind == Kind::Variable ? tokens.warn : tokens.accent;
                ground.setAlphaF(0.2F);
                const QString tip = mark.kind == Kind::Missing ? tr("%1 has no value").arg(mark.name) : mark.kind == Kind::Variable ? tr("%1 is filled in when it runs").arg(mark.name) : mark.name;
                part.marks.push_back({mark.start, mark.length, ground, mark.kind == Kind::Missing, tip, false});
            }
        } else if (line.what == Line::What::Stage) {
            const QStringList &names = m_assembly->stages[line.number].names;
            part.text = names.isEmpty() ? tr("nothing runs here") : names.join(u", "_s);
        }
        m_view->setBody(head, {part});
    }
}

QVariantMap AssemblyPanel::saveState() const
{
    return {{u"group"_s, m_group}};
}

void AssemblyPanel::restoreState(const QVariantMap &state)
{
    const QString group = state.value(u"group"_s).toString();
    if (group.isEmpty() || group == m_group)
        return;
    m_group = group;
    reload();
}

void AssemblyPanel::copy(const QString &)
{
    m_view->copySelection();
}

PanelKind assemblyPanelKind()
{
    PanelKind kind;
    kind.id = u"prompt"_s;
    kind.title = AssemblyPanel::tr("Assembled &prompt");
    kind.icon = u"record"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const Lens *lens = assemblyLensFor(*context.profile, table);
        return lens == nullptr ? QString() : lens->kind == u"library" ? AssemblyPanel::tr("Where it is used") : AssemblyPanel::tr("Read the assembled prompt");
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new AssemblyPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
