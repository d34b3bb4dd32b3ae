// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/navigationhistory.h"

#include <algorithm>

namespace turnstone {

void NavigationHistory::visit(const VisitedPlace &place)
{
    if (!m_places.empty() && m_places[m_at].isSameView(place)) {
        if (!place.key.empty())
            m_places[m_at].key = place.key;
        return;
    }
    if (!m_places.empty())
        m_places.resize(m_at + 1);
    m_places.push_back(place);
    if (m_places.size() > maxPlaces)
        m_places.erase(m_places.begin());
    m_at = m_places.size() - 1;
}

std::optional<VisitedPlace> NavigationHistory::back()
{
    if (!canGoBack())
        return std::nullopt;
    return m_places[--m_at];
}

std::optional<VisitedPlace> NavigationHistory::forward()
{
    if (!canGoForward())
        return std::nullopt;
    return m_places[++m_at];
}

void NavigationHistory::forgetDatabase(int id)
{
    const auto isOfIt = [id](const VisitedPlace &place) { return place.databaseId == id; };
    const auto before = std::ranges::count_if(m_places.begin(), m_places.begin() + static_cast<std::ptrdiff_t>(std::min(m_at, m_places.size())), isOfIt);
    std::erase_if(m_places, isOfIt);
    m_at -= static_cast<std::size_t>(before);
    m_at = m_places.empty() ? 0 : std::min(m_at, m_places.size() - 1);
}

} // namespace turnstone
