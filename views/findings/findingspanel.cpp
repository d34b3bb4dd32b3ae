// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/findings/findingspanel.h"

#include "models/core/async.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int numberRole = Qt::UserRole + 1;

QString kindTitle(LensFinding::Kind kind)
{
    return kind == LensFinding::Kind::Contradiction ? FindingsPanel::tr("Contradictions") : kind == LensFinding::Kind::Loop ? FindingsPanel::tr("Loops") : FindingsPanel::tr("Citations");
}

} // namespace

FindingsPanel::FindingsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_message(new MessageBar(this)), m_summary(new ElidedLabel(this)), m_list(new QTreeWidget(this)),
      m_views{new ReadingView(services.workers, this), new ReadingView(services.workers, this)}, m_record(new RecordTeller(*this))
{
    setObjectName(u"findingsPanel"_s);
    build();
    setFocusProxy(m_list);
    reload();
}

std::optional<Record> FindingsPanel::currentRecord() const
{
    return m_record->record();
}

FindingsPanel::~FindingsPanel()
{
    m_stop.request_stop();
    m_stopOne.request_stop();
}

void FindingsPanel::build()
{
    auto *name = new ElidedLabel(this);
    name->setText(title());
    name->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    name->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, 0);
    m_summary->setObjectName(u"findingsSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_list->setObjectName(u"findingsList"_s);
    m_list->setAccessibleName(tr("Findings"));
    m_list->setHeaderLabels({tr("Finding"), tr("State")});
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_list->setUniformRowHeights(true);
    auto *texts = new QSplitter(Qt::Horizontal, this);
    for (int i = 0; i < 2; ++i) {
        ReadingView *view = m_views[static_cast<std::size_t>(i)];
        view->setObjectName(u"finding%1"_s.arg(i));
        view->setAccessibleName(i == 0 ? tr("First message") : tr("Second message"));
        texts->addWidget(view);
        connect(view, &ReadingView::bodiesWanted, this, [this, i](const std::vector<int> &heads) { showBodies(i, heads); });
        connect(view, &ReadingView::settled, this, [this] {
            if (m_shown && m_views[0]->isSettled())
                emit settled();
        });
        connect(view, &ReadingView::linkActivated, this, [this](int, const QString &id) {
            if (id.startsWith(u"url:"))
                askToOpenLink(id.mid(4), this);
        });
    }
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_list);
    splitter->addWidget(texts);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(name);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(splitter, 1);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &FindingsPanel::showChosen);
    connect(m_message, &MessageBar::actionTriggered, this, &FindingsPanel::reload);
}

void FindingsPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context()](Connection &connection) { return listFindings({connection, *context.catalog, *context.profile}); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<std::vector<LensFinding>> findings) {
        if (findings) {
            m_message->clear();
            accept(std::move(*findings));
        } else if (findings.error().code != ErrorCode::Cancelled) {
            m_message->showError(findings.error(), tr("Try again"));
            emit settled();
        }
    });
}

void FindingsPanel::accept(std::vector<LensFinding> findings)
{
    m_findings = std::move(findings);
    const auto wanted = m_shown ? std::pair(m_shown->table, keyOfRow(m_shown->key)) : std::pair(m_table, keyOfRow(m_key));
    QTreeWidgetItem *chosen = nullptr;
    QTreeWidgetItem *first = nullptr;
    int open = 0;
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        std::map<LensFinding::Kind, QTreeWidgetItem *> groups;
        for (std::size_t i = 0; i < m_findings.size(); ++i) {
            const LensFinding &finding = m_findings[i];
            QTreeWidgetItem *&group = groups[finding.kind];
            if (group == nullptr) {
                group = new QTreeWidgetItem(m_list, {kindTitle(finding.kind)});
                group->setFirstColumnSpanned(true);
                group->setExpanded(true);
            }
            auto *item = new QTreeWidgetItem(group, {finding.title, finding.state});
            item->setData(0, numberRole, static_cast<int>(i));
            item->setForeground(1, finding.isOpen ? Tokens::of(palette()).warn : Tokens::of(palette()).good);
            open += finding.isOpen ? 1 : 0;
            first = first == nullptr ? item : first;
            if (finding.table == wanted.first && keyOfRow(finding.key) == wanted.second)
                chosen = item;
        }
    }
    m_summary->setText(m_findings.empty() ? tr("No contradictions, loops or citations are recorded here.") : tr("%1 findings, %2 of them open").arg(m_findings.size()).arg(open));
    if (first == nullptr) {
        m_views[0]->setEmptyText({});
        emit settled();
        return;
    }
    m_list->setCurrentItem(chosen != nullptr ? chosen : first);
    if (m_list->currentItem() != nullptr)
        showChosen();
}

void FindingsPanel::showChosen()
{
    const QTreeWidgetItem *item = m_list->currentItem();
    const QVariant number = item == nullptr ? QVariant() : item->data(0, numberRole);
    if (!number.isValid())
        return;
    const LensFinding &finding = m_findings[static_cast<std::size_t>(number.toInt())];
    const Lens *lens = findingLensFor(*context().profile, finding.table);
    if (lens == nullptr)
        return;
    m_stopOne.request_stop();
    m_stopOne = {};
    const auto job = [context = context(), lens = *lens, key = finding.key](Connection &connection) { return readFinding({connection, *context.catalog, *context.profile}, lens, key); };
    onResult(context().pool->read(job, m_stopOne.get_token()), this, [this](Result<LensFinding> read) {
        if (read)
            showFinding(std::move(*read));
        else if (read.error().code != ErrorCode::Cancelled)
            m_message->showError(read.error());
    });
    m_record->tell(finding.table, finding.key);
}

void FindingsPanel::showFinding(LensFinding finding)
{
    m_shown = std::move(finding);
    const bool isPair = m_shown->kind == LensFinding::Kind::Contradiction && m_shown->texts.size() == 2;
    m_views[1]->setVisible(isPair);
    const auto headOf = [](const QString &title, const QString &text, int colour) {
        ReadingHead head;
        head.title = title;
        head.colour = colour;
        head.length = text.size();
        head.start = text.left(200);
        return head;
    };
    std::array<std::vector<ReadingHead>, 2> heads;
    QStringList speakers;
    for (std::size_t i = 0; i < m_shown->texts.size(); ++i) {
        const FindingText &text = m_shown->texts[i];
        if (!speakers.contains(text.title))
            speakers.append(text.title);
        heads[isPair ? i : 0].push_back(headOf(text.title, text.text, static_cast<int>(speakers.indexOf(text.title))));
    }
    if (!m_shown->explanation.isEmpty())
        heads[0].push_back(headOf(tr("Explanation"), m_shown->explanation, -1));
    if (!m_shown->suggestion.isEmpty())
        heads[isPair ? 1 : 0].push_back(headOf(tr("Suggestion"), m_shown->suggestion, -1));
    if (!m_shown->url.isEmpty())
        heads[0].push_back(headOf(tr("Source"), m_shown->url, -1));
    m_views[0]->setEmptyText(tr("The messages of this finding are not in the database."));
    const bool isEmpty = heads[0].empty();
    m_views[0]->setHeads(std::move(heads[0]));
    m_views[1]->setHeads(std::move(heads[1]));
    if (isEmpty)
        emit settled();
}

void FindingsPanel::showBodies(int view, const std::vector<int> &heads)
{
    const bool isPair = m_shown->kind == LensFinding::Kind::Contradiction && m_shown->texts.size() == 2;
    const int texts = isPair ? 1 : static_cast<int>(m_shown->texts.size());
    for (const int head : heads) {
        ReadingPart part;
        if (head < texts) {
            const FindingText &text = m_shown->texts[static_cast<std::size_t>(isPair ? view : head)];
            part.text = text.text;
            if (text.start >= 0) {
                QColor ground = m_shown->kind == LensFinding::Kind::Citation && !m_shown->isOpen ? Tokens::of(palette()).good : Tokens::of(palette()).warn;
                ground.setAlphaF(0.28F);
                part.marks.push_back({text.start, text.length, ground, false, m_shown->state, false});
            }
        } else if (m_views[static_cast<std::size_t>(view)]->head(head).title == tr("Source")) {
            part.text = m_shown->url.startsWith(u"http") ? u"<%1>"_s.arg(m_shown->url) : m_shown->url;
            part.format = u"markdown"_s;
        } else {
            part.text = m_views[static_cast<std::size_t>(view)]->head(head).title == tr("Suggestion") ? m_shown->suggestion : m_shown->explanation;
        }
        m_views[static_cast<std::size_t>(view)]->setBody(head, {part});
    }
}

void FindingsPanel::copy(const QString &)
{
    for (ReadingView *view : m_views) {
        if (view->hasFocus())
            view->copySelection();
    }
}

PanelKind findingsPanelKind()
{
    PanelKind kind;
    kind.id = u"findings"_s;
    kind.title = FindingsPanel::tr("F&indings");
    kind.icon = u"info"_s;
    kind.applies = [](const DatabaseContext &context) { return hasFindings(*context.profile); };
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const Lens *lens = findingLensFor(*context.profile, table);
        return lens == nullptr ? QString() : FindingsPanel::tr("Read the finding");
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new FindingsPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
